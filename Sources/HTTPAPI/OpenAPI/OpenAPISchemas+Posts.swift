import Core

extension OpenAPISchemas {
    static let posts: [(key: String, value: OpenAPIValue)] = [
        ("NewPost", newPost), ("PostChanges", postChanges), ("Post", post), ("ViewerState", viewer),
        ("Entities", entities), ("QuotedPost", quotedPost),
        ("PostPage", page("posts", of: "Post", "A page of one account's posts.")),
        (
            "FeedPage",
            page(
                "posts", of: "Post", "A page of the home feed.",
                more: [
                    (
                        "latest",
                        [
                            "type": "string", "description": "Pass it as `since` to learn later what is new.",
                            "examples": ["l3f"],
                        ]
                    )
                ])
        ),
        ("Revision", revision), ("RevisionPage", page("revisions", of: "Revision", "The versions of a post.")),
    ]

    private static let visibilityText =
        "Who may see it: `public` is everyone (accepted followers, where the account is private), `followers` is your "
        + "followers, `close_friends` is those on your list of close friends, `private` is only you."

    private static let newPost = object(
        "A post to be published.", optional: ["visibility", "reply_to", "share_policy", "quote_of", "poll"],
        newPostMembers)

    static let newPostMembers: KeyValuePairs<String, OpenAPIValue> =
        [
            "content": content,
            "visibility": [
                "type": ["string", "null"], "enum": .array(visibilities + [nil]), "default": "public",
                "description": .string(visibilityText),
            ],
            "reply_to": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
                "description": .string(
                    "The `post_id` it answers. Replies nest at most \(Limits.replyDepthMax) deep."),
                "examples": ["2764810273419395072"],
            ],
            "share_policy": sharePolicyChoice.adding([("default", "everyone")]),
            "quote_of": quoteChoice, "poll": orNull("NewPoll", "A poll that goes with it."),
        ]

    private static let visibilities: [OpenAPIValue] = Visibility.allCases.map { .string($0.name) }

    private static let postChanges = object(
        "The post's new text, and its visibility where that changes. What it answers and quotes stays, and so does its poll.",
        optional: ["visibility", "share_policy"],
        [
            "content": content,
            "visibility": [
                "type": ["string", "null"], "enum": .array(visibilities + [nil]),
                "description": .string(visibilityText + " Left out, it stays."),
            ],
            "share_policy": sharePolicyChoice,
        ])

    private static let post = object("A post as you see it.", optional: optionalPostMembers, postMembers)

    static let postMembers: KeyValuePairs<String, OpenAPIValue> =
        [
            "post_id": reference("ID"), "author": reference("Author"), "content": content,
            "content_type": ["type": "string", "enum": ["text/plain"]], "entities": reference("Entities"),
            "media": ["type": "array", "items": ["type": "object"], "maxItems": 0, "description": "None yet."],
            "visibility": ["type": "string", "enum": visibilityNames], "share_policy": sharePolicy,
            "reply_to": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$", "description": "The `post_id` it answers.",
            ],
            "quote_of": [
                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$", "description": "The `post_id` it quotes.",
            ],
            "created_at": time, "edited_at": emptyTime, "likes_count": count,
            "comments_count": count.adding([("description", "All replies below it that others may see.")]),
            "shares_count": count,
            "quotes_count": count.adding([("description", "All posts that quote it and that others may see.")]),
            "settings": postSettings, "viewer": reference("ViewerState"),
            "shared_by": sharedBy,
            "shared_by_count": [
                "type": "integer", "minimum": 1, "description": "How many they are; beside `shared_by` only.",
            ],
            "quoted_post": reference("QuotedPost"), "poll": reference("Poll"),
        ]

    private static let viewer = object(
        "What you did with a post.",
        [
            "liked": flag, "reaction": ["type": ["string", "null"], "enum": .array(reactionNames + [nil])],
            "shared": flag, "bookmarked": flag,
        ])

    private static let revision = object(
        "A version of a post's text. You see those that you could have seen when they were current.",
        [
            "version": ["type": "integer", "minimum": 1, "maximum": .integer(Limits.postRevisionsMax)],
            "content": content, "visibility": ["type": "string", "enum": visibilityNames],
            "written_at": time,
        ])
}
