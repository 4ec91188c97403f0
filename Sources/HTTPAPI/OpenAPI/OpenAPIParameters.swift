import Core
import Notifications
import Posts

/// Query and header parameters that several routes share.
enum OpenAPIParameters {
    static let all: OpenAPIValue = [
        "cursor": query(
            "cursor", "The `next_cursor` of the page before, unchanged; nothing for the first page.",
            ["type": "string", "minLength": 1, "maxLength": 64], example: "u2e5q7a9kz1c"),
        "limit": query(
            "limit", "How many to list at most. `page_size` is an alias.",
            [
                "type": "integer", "minimum": 1, "maximum": .integer(Limits.pageSizeMax),
                "default": .integer(Limits.pageSizeDefault),
            ], example: 20),
        "since": query(
            "since",
            "The `latest` of an earlier page: lists only what became part of the feed after it, newest first. Page "
                + "through it with `cursor` while keeping `since`. A server that has not come as far as that page lists "
                + "nothing and gives its `latest` back: ask again. 410 asks to load the feed anew.",
            ["type": "string", "minLength": 1, "maxLength": 64], example: "l3f"),
        "order": query(
            "order", "The order of the feed.",
            ["type": "string", "enum": ["chronological"], "default": "chronological"], example: "chronological"),
        "replies": query(
            "replies", "Whether replies are listed too.", ["type": "boolean", "default": false], example: true),
        "pinned": query(
            "pinned", "Only the posts that the account has pinned, the one pinned last first, all on one page.",
            ["type": "boolean", "default": false], example: true),
        "sort": query(
            "sort",
            "`newest` and `oldest` go by time. `top` shows the most liked first; as likes change while you page, a "
                + "comment may be missed or come again, so tell them apart by `comment_id`. A cursor belongs to one sort.",
            [
                "type": "string", "enum": .array(CommentOrder.allCases.map { .string($0.rawValue) }),
                "default": "newest",
            ],
            example: "top"),
        "parent": query(
            "parent", "List the replies to this comment below the post instead.",
            ["type": "string", "pattern": "^[1-9][0-9]{0,18}$"], example: "2764810273419395072"),
        "member": query(
            "member", "Only the lists that the account with this `user_id` is on.",
            ["type": "string", "pattern": "^[1-9][0-9]{0,18}$"], example: "2764810273419395072"),
        "reaction": query(
            "reaction", "Only those who reacted in this way.",
            ["type": "string", "enum": .array(OpenAPISchemas.reactionNames)], example: "LOVE"),
        "window": query(
            "window", "How far back to look.",
            [
                "type": "string", "enum": .array(TrendWindow.allCases.map { .string($0.rawValue) }), "default": "day",
            ], example: "week"),
        "kind": query(
            "kind", "Only notifications of this kind.",
            ["type": "string", "enum": .array(NotificationKind.allCases.map { .string($0.name) })], example: "mention"),
        "folder": query(
            "folder", "Only the bookmarks in this folder; empty for those in none.", ["type": "string"],
            example: "To read"),
        "lastEventID": [
            "name": "Last-Event-ID", "in": "header", "required": false,
            "description":
                "The last `id` you got: what came after it follows, or a `reset` where that is not known any more.",
            "schema": ["type": "string", "maxLength": 40], "example": "9f3c-12",
        ],
        "resume": query(
            "resume",
            "The last `id` you got: what came after it follows, or a `reset` where that is not known any more.",
            ["type": "string", "maxLength": 40], example: "9f3c-12"),
        "position": [
            "name": "Starling-Position", "in": "header", "required": false,
            "description": .string(
                "The `Starling-Position` of an earlier answer: this request sees what that one wrote, whichever process "
                    + "answers. Proxies that send a client to one process make it unnecessary."),
            "schema": ["type": "string", "pattern": "^[0-9]{1,19}$"], "example": "48121",
        ],
        "idempotencyKey": [
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": .string(
                "Your name for this command, 1 to \(Limits.idempotencyKeyBytesMax) visible ASCII characters, bare or "
                    + "in double quotes. Sent again with the same body within 24 hours it answers with what came of it "
                    + "the first time (404 where that is gone since) instead of doing it twice; with another body it is "
                    + "refused (422)."),
            "schema": [
                "type": "string", "minLength": 1, "maxLength": .integer(Limits.idempotencyKeyBytesMax + 2),
                "pattern": "^[!-~]+$",
            ], "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
        ],
    ]

    private static func query(
        _ name: String, _ description: String, _ schema: OpenAPIValue, example: OpenAPIValue
    ) -> OpenAPIValue {
        [
            "name": .string(name), "in": "query", "required": false, "description": .string(description),
            "schema": schema, "example": example,
        ]
    }
}
