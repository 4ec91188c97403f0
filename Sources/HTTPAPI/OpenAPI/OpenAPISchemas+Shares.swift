import Core
import Posts

extension OpenAPISchemas {
    /// What a post has only where somebody shared it, or where it quotes another or asks something.
    static let optionalPostMembers: Set<String> = ["shared_by", "shared_by_count", "quoted_post", "poll"]

    static let sharedBy: OpenAPIValue = [
        "type": "array", "items": reference("Author"), "minItems": 1, "maxItems": .integer(Limits.sharersNamed),
        "description": "In feeds: the first of those you follow who shared it. On a profile: whose repost this is.",
    ]

    private static let policies = SharePolicy.allCases.map { OpenAPIValue.string($0.name) }

    private static let policyText =
        "Who may repost and quote it. Only what is public can be shared by others than its author; what was shared stays."

    static let sharePolicy: OpenAPIValue = [
        "type": "string", "enum": .array(policies), "description": .string(policyText),
    ]

    private static let unavailable: [(key: String, value: OpenAPIValue)] = [
        (
            "unavailable",
            [
                "type": "boolean", "enum": [true],
                "description":
                    "The quote is empty: the post is gone, not for you, by an account that you mute, or, in feeds, lists, comments and notifications, holds a word that you mute, or, in feeds, is hidden by you.",
            ]
        )
    ]

    /// All of a post's members, or the one that says that it is not there.
    static let quotedPost = object(
        "The post that `quote_of` names, without what it quotes itself; or `unavailable` alone.",
        optional: Set((postMembers.map { $0.key } + unavailable.map { $0.key })),
        postMembers.map { ($0.key, $0.value) }.filter { $0.0 == "poll" || !optionalPostMembers.contains($0.0) }
            + unavailable)

    static let quoteChoice: OpenAPIValue = [
        "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
        "description": "The `post_id` of a post to quote, where its `share_policy` lets you.",
    ]

    /// In a request, where it may be left out.
    static let sharePolicyChoice: OpenAPIValue = [
        "type": ["string", "null"], "enum": .array(policies + [nil]), "description": .string(policyText),
    ]
}
