import Core

/// The shapes of bodies, by the names that operations use.
enum OpenAPISchemas {
    private static let all =
        basics + accounts + graph + posts + polls + planned + views + comments + engagement + live + notifications
        + mutedWords + tags + lists + exports + operations

    /// - Parameter bodies: the names of those that requests have.
    static func all(bodies: Set<String>) -> OpenAPIValue {
        .object(all.map { bodies.contains($0.key) ? ($0.key, closed($0.value)) : $0 })
    }

    /// A schema of an object; every property is required unless it is named in `optional`.
    static func object(
        _ description: String, optional: Set<String> = [], _ properties: KeyValuePairs<String, OpenAPIValue>
    ) -> OpenAPIValue {
        object(description, optional: optional, properties.map { ($0.key, $0.value) })
    }

    static func object(
        _ description: String, optional: Set<String> = [], _ properties: [(key: String, value: OpenAPIValue)]
    ) -> OpenAPIValue {
        let required = properties.map(\.key).filter { !optional.contains($0) }
        var schema: OpenAPIValue = ["type": "object", "description": .string(description)]
        if !required.isEmpty { schema = schema.adding([("required", .array(required.map { .string($0) }))]) }
        return schema.adding([("properties", .object(properties))])
    }

    /// What is sent is refused with a field that it does not have; what is answered may have more one day.
    static func closed(_ object: OpenAPIValue) -> OpenAPIValue { object.adding([("additionalProperties", false)]) }

    static func reference(_ name: String) -> OpenAPIValue {
        OpenAPIOperation.reference("schemas", name)
    }

    /// `{"<name>": […], "next_cursor": …}`
    static func page(
        _ name: String, of schema: String, _ description: String, more: [(key: String, value: OpenAPIValue)] = []
    ) -> OpenAPIValue {
        page(name, ofItems: reference(schema), description, more: more)
    }

    static func page(
        _ name: String, ofItems items: OpenAPIValue, _ description: String,
        more: [(key: String, value: OpenAPIValue)] = []
    ) -> OpenAPIValue {
        let list: [(key: String, value: OpenAPIValue)] = [
            (name, ["type": "array", "items": items]),
            (
                "next_cursor",
                [
                    "type": ["string", "null"],
                    "description": "Pass it as `cursor` for the next page; null on the last one.",
                ]
            ),
        ]
        return [
            "type": "object", "description": .string(description),
            "required": .array((list + more).map { .string($0.key) }), "properties": .object(list + more),
        ]
    }

    static let flag: OpenAPIValue = ["type": "boolean"]
    static let count: OpenAPIValue = ["type": "integer", "format": "int64", "minimum": 0]
    static let time: OpenAPIValue = ["type": "string", "format": "date-time"]
    static let emptyTime: OpenAPIValue = ["type": ["string", "null"], "format": "date-time"]
    static let visibilityNames: OpenAPIValue = .array(Visibility.allCases.map { .string($0.name) })

    private static let basics: [(key: String, value: OpenAPIValue)] = [
        (
            "ID",
            [
                "type": "string", "pattern": "^[1-9][0-9]{0,18}$", "maxLength": 19,
                "description": "A 64-bit id as a decimal string. Later ones are greater.",
                "examples": ["2764810273419395072"],
            ]
        ),
        (
            "Username",
            [
                "type": "string", "pattern": "^[A-Za-z0-9_]+$",
                "minLength": .integer(Limits.usernameLength.lowerBound),
                "maxLength": .integer(Limits.usernameLength.upperBound),
                "description": "Letters a to z, digits and underscores; upper case counts as lower case.",
                "examples": ["alice"],
            ]
        ),
        (
            "Problem",
            object(
                "A refusal (RFC 9457). `type` is `urn:starling:problem:` followed by one of: "
                    + OpenAPIProblems.types.map { "`\($0.code)` (\($0.meaning))" }.joined(separator: ", ") + ".",
                optional: ["field"],
                [
                    "type": ["type": "string", "format": "uri", "examples": ["urn:starling:problem:not-found"]],
                    "title": ["type": "string", "examples": ["Not found"]],
                    "status": ["type": "integer", "minimum": 400, "maximum": 599, "examples": [404]],
                    "detail": ["type": "string", "examples": ["There is nothing here."]],
                    "field": [
                        "type": "string", "description": "The field, parameter or header that a 409 or 422 is about.",
                        "examples": ["content"],
                    ],
                ])
        ),
    ]
}
