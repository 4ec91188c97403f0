import Core
import Posts

extension OpenAPISchemas {
    static let views: [(key: String, value: OpenAPIValue)] = [
        (
            "SeenPosts",
            object(
                "Posts that were in sight.",
                [
                    "post_ids": [
                        "type": "array", "items": reference("ID"), "minItems": 1,
                        "maxItems": .integer(Limits.seenPostsMax),
                    ]
                ])
        ), ("PostStats", stats), ("PostStatsDay", day),
    ]

    private static let stats = object(
        "How a post of yours has fared.",
        [
            "post_id": reference("ID"),
            "views_count": count.adding([("description", "How often it was seen, by others than you.")]),
            "reach_count": count.adding([("description", "How many accounts saw it.")]),
            "likes_count": count, "comments_count": count, "shares_count": count, "quotes_count": count,
            "days": [
                "type": "array", "items": reference("PostStatsDay"), "maxItems": .integer(Limits.statsDaysMax),
                "description": "The newest first; days without anything are left out.",
            ],
        ])

    private static let day = object(
        "What a day brought.",
        [
            "date": ["type": "string", "format": "date", "description": "Of UTC."], "views": count,
            "reach": count.adding([("description", "Accounts that saw it for the first time.")]),
            "reactions": [
                "type": "integer", "format": "int64",
                "description": "Given, without those taken back; less than 0 where more were taken back.",
            ],
        ])
}
