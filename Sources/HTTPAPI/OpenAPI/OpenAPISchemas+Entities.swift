import Core
import Posts

extension OpenAPISchemas {
    /// What a text points at.
    static let entities = object(
        "What `content` points at. `start` and `end` count Unicode scalars; the sign before a name is within, `end` is "
            + "behind the last. They never overlap.",
        [
            "mentions": list(
                entity(
                    "An account that the text names.",
                    [
                        ("username", ["type": "string", "description": "As written, without the sign."]),
                        (
                            "user_id",
                            [
                                "type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$",
                                "description": .string(
                                    "Whose name it was when this version was written; null for nobody's, and past "
                                        + "\(Limits.mentionsMax) accounts."),
                            ]
                        ),
                    ])),
            "hashtags": list(
                entity("A topic.", [("tag", ["type": "string", "description": "As written, without the sign."])])),
            "urls": list(
                entity(
                    "An address.",
                    [("url", ["type": "string", "description": "As written, perhaps without a scheme."])])
            ),
        ])

    private static func list(_ schema: OpenAPIValue) -> OpenAPIValue {
        ["type": "array", "items": schema]
    }

    private static func entity(
        _ description: String, _ members: [(key: String, value: OpenAPIValue)]
    ) -> OpenAPIValue {
        let offset: OpenAPIValue = ["type": "integer", "minimum": 0]
        return object(description, members + [("start", offset), ("end", offset)])
    }
}
