/// Values of the header fields of draft-ietf-httpapi-ratelimit-headers-10.
package enum RateLimitHeaders {
    /// `RateLimit-Policy`: every rule that applies, such as `"default";q=100;w=60, "daily";q=5000;w=86400`.
    package static func policy(_ rules: [RateLimitRule]) -> String {
        rules.count == 1 ? rules[0].policy : rules.map(\.policy).joined(separator: ", ")
    }

    /// `RateLimit`: what is left of a rule and when it is whole again, such as `"default";r=50;t=30`.
    package static func limit(_ standing: RateLimitDecision.Standing) -> String {
        "\"\(standing.rule.name)\";r=\(standing.remaining);t=\(standing.resetSeconds)"
    }
}
