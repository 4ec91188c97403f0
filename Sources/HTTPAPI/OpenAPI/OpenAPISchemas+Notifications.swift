import Core
import Notifications

extension OpenAPISchemas {
    static let notifications: [(key: String, value: OpenAPIValue)] = [
        ("Notification", notification), ("UnreadCount", object("How much is new.", ["unread_count": unread])),
        ("NotificationsRead", read),
        (
            "NotificationPage",
            page(
                "notifications", of: "Notification", "A page of your notifications.", more: [("unread_count", unread)])
        ),
    ]

    private static let unread: OpenAPIValue = [
        "type": "integer", "minimum": 0, "maximum": .integer(Limits.unreadNotificationsMax),
        "description": .string(
            "Unread notifications; \(Limits.unreadNotificationsMax) stands for that many and more."),
    ]

    private static let read = object(
        "Up to where you have read.", optional: ["up_to"],
        [
            "up_to": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
                "description": "A `notification_id`; left out, all there are.", "examples": ["2764810273419395072"],
            ]
        ])

    static func orNull(_ schema: String, _ description: String) -> OpenAPIValue {
        ["oneOf": .array([reference(schema), ["type": "null"]]), "description": .string(description)]
    }

    private static let notification = object(
        "What others did, together.",
        [
            "notification_id": reference("ID"),
            "kind": ["type": "string", "enum": .array(NotificationKind.allCases.map { .string($0.name) })],
            "created_at": time, "is_read": flag,
            "actors": [
                "type": "array", "items": reference("User"), "maxItems": .integer(Limits.notificationActorsShown),
                "description": "Who did it, the newest first.",
            ],
            "actors_count": [
                "type": "integer", "format": "int64", "minimum": 0,
                "description": .string(
                    "How many did it, those in `actors` among them; past \(Limits.notificationActorsMax) about that many."
                ),
            ],
            "reaction": [
                "type": ["string", "null"], "enum": .array(reactionNames + [nil]),
                "description": "The newest, for kind `reaction`.",
            ],
            "post_id": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
                "description": "The post or comment it is about; null for follows, requests and `post_rejected`.",
            ],
            "scheduled_id": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
                "description": "The scheduled post that was not published, for kind `post_rejected`.",
            ],
            "failure": [
                "type": ["string", "null"], "enum": .array(failureNames + [nil]),
                "description": "Why it was not published, for kind `post_rejected`.",
            ],
            "post": orNull("Post", "That post, as you see it."),
            "latest": orNull("Post", "The newest comment or quote, for these kinds."),
        ])
}
