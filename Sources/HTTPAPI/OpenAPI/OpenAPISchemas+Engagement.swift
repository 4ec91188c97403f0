import Core
import Engagement
import Posts

extension OpenAPISchemas {
    static let engagement: [(key: String, value: OpenAPIValue)] = [
        ("NewReaction", newReaction), ("NewBookmark", newBookmark), ("NewFeedback", newFeedback),
        ("ReactionEntry", entry),
        (
            "ReactionPage",
            page(
                "users", of: "ReactionEntry", "Who reacted, newest first.",
                more: [("counts", counts)])
        ),
        ("BookmarkFolder", folder), ("BookmarkFolders", folders),
    ]

    static let reactionNames: [OpenAPIValue] = Reaction.allCases.map { .string($0.name) }

    private static let newReaction = object(
        "How you react. Without a body, or without `reaction`, it is a like.", optional: ["reaction"],
        ["reaction": ["type": ["string", "null"], "enum": .array(reactionNames + [nil]), "default": "LIKE"]])

    private static let newBookmark = object(
        "Where to keep the post. Left out, in no folder.", optional: ["folder"],
        [
            "folder": [
                "type": ["string", "null"], "maxLength": .integer(Limits.bookmarkFolderCharactersMax),
                "examples": ["To read"],
            ]
        ])

    private static let newFeedback = object(
        "What you want of posts like this one.",
        [
            "kind": [
                "type": "string", "enum": .array(Feedback.allCases.map { .string($0.name) }), "examples": ["hide"],
            ]
        ])

    private static let entry = object(
        "An account and its reaction.",
        ["reaction": ["type": "string", "enum": .array(reactionNames)], "user": reference("User")])

    private static let counts: OpenAPIValue = [
        "type": "object", "description": "How many there are of each kind.",
        "additionalProperties": ["type": "integer", "minimum": 0],
    ]

    private static let folder = object(
        "A folder of bookmarks; an empty name is for those in none.",
        ["name": ["type": "string"], "posts_count": count])

    private static let folders = object(
        "Your folders.", ["folders": ["type": "array", "items": reference("BookmarkFolder")]])
}
