import Core
import Posts

extension OpenAPISchemas {
    static let tags: [(key: String, value: OpenAPIValue)] = [
        (
            "Tag",
            [
                "type": "string", "minLength": 1, "maxLength": .integer(Limits.hashtagKeyBytesMax),
                "description": "A hashtag without its sign, in lower case.", "examples": ["swift"],
            ]
        ),
        ("TagList", list("The hashtags you follow, by name.", ["tag": reference("Tag")], Limits.followedTagsMax)),
        (
            "TrendingTags",
            list(
                "Hashtags that many use, the strongest first.",
                ["tag": reference("Tag"), "authors_count": count], Limits.trendingTagsMax)
        ),
    ]

    private static func list(
        _ description: String, _ item: KeyValuePairs<String, OpenAPIValue>, _ max: Int
    ) -> OpenAPIValue {
        object(
            description,
            ["tags": ["type": "array", "items": object("A hashtag.", item), "maxItems": .integer(max)]])
    }
}
