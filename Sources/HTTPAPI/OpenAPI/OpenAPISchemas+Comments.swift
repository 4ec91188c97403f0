import Core
import Posts

extension OpenAPISchemas {
    static let comments: [(key: String, value: OpenAPIValue)] = [
        ("NewComment", newComment), ("Comment", comment), ("DeletedComment", deleted),
        (
            "CommentPage",
            page(
                "comments", ofItems: ["oneOf": .array([reference("Comment"), reference("DeletedComment")])],
                "Comments on one post. Those that are not for you, or by accounts that you mute, are left out.")
        ),
        ("NewPostSettings", newSettings),
    ]

    static let content: OpenAPIValue = [
        "type": "string", "minLength": 1, "maxLength": .integer(Limits.contentBytesMax),
        "description": .string(
            "Plain text, kept as it is sent: up to \(Limits.contentCharactersMax) characters, as people count them, "
                + "and \(Limits.contentBytesMax) bytes of UTF-8; not only white space, and without U+0000."),
        "examples": ["A starling sat on the wire."],
    ]

    private static let newComment = object(
        "A comment to be published.", optional: ["visibility", "reply_to"],
        [
            "content": content,
            "visibility": [
                "type": ["string", "null"], "enum": .array(Visibility.allCases.map { .string($0.name) } + [nil]),
                "default": "public", "description": "Who may see it, as for posts.",
            ],
            "reply_to": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
                "description": .string(
                    "A comment below the post that this one answers; left out, it answers the post. Comments nest at "
                        + "most \(Limits.replyDepthMax) deep."),
            ],
        ])

    private static let comment = object(
        "A post that answers `reply_to`; its `comment_id` is its `post_id`.", optional: optionalPostMembers,
        [("comment_id", reference("ID"))] + postMembers.map { ($0.key, $0.value) })

    private static let deleted = object(
        "The place of a comment that was deleted or removed while there are replies below it that everybody may see: ask "
            + "`GET /v1/comments/{id}/comments` for them. What was for few, or by a private account, leaves none.",
        [
            "comment_id": reference("ID"), "reply_to": reference("ID"), "created_at": time,
            "comments_count": count.adding([("description", "All replies below it that others may see.")]),
            "unavailable": ["type": "boolean", "enum": [true]],
        ])

    private static let policies: OpenAPIValue = .array(CommentPolicy.allCases.map { .string($0.name) })

    private static let commentsText =
        "Who may comment below the post, at any depth: everyone who sees what they answer, only the "
        + "author's followers, or nobody. The author always may. Comments that are there stay."

    static let postSettings: OpenAPIValue = [
        "type": ["object", "null"],
        "description": "What its author allows; null for a comment, which the post at the root of its thread governs.",
        "required": ["comments"], "properties": ["comments": allowed],
    ]

    private static let newSettings = object(
        "What you allow from now on: one of these, or both. What is left out stays.",
        optional: ["comments", "share_policy"],
        [
            "comments": [
                "type": ["string", "null"], "enum": .array(CommentPolicy.allCases.map { .string($0.name) } + [nil]),
                "description": .string(commentsText),
            ],
            "share_policy": sharePolicyChoice,
        ])

    private static let allowed: OpenAPIValue = [
        "type": "string", "enum": policies, "description": .string(commentsText),
    ]
}
