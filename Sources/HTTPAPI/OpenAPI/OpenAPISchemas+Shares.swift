import Core
import Posts

extension OpenAPISchemas {
    /// What a post has only where somebody shared it.
    static let optionalPostMembers: Set<String> = ["shared_by", "shared_by_count"]

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

    /// In a request, where it may be left out.
    static let sharePolicyChoice: OpenAPIValue = [
        "type": ["string", "null"], "enum": .array(policies + [nil]), "description": .string(policyText),
    ]
}
