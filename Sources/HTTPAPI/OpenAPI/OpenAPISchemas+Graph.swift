extension OpenAPISchemas {
    static let graph: [(key: String, value: OpenAPIValue)] = [
        (
            "FollowState",
            object(
                "Whether you follow an account, or wait for its consent.",
                [
                    "following": flag,
                    "requested": [
                        "type": "boolean", "description": "The account is private and has not answered your request.",
                    ],
                ])
        ),
        (
            "Relationship",
            object(
                "What stands between you and an account.",
                [
                    "user_id": reference("ID"), "following": flag, "followed_by": flag,
                    "requested": ["type": "boolean", "description": "You asked to follow them."],
                    "requested_by": ["type": "boolean", "description": "They asked to follow you."],
                    "blocking": flag, "muting": flag,
                ])
        ),
    ]

    static let operations: [(key: String, value: OpenAPIValue)] = [
        (
            "Health",
            object(
                "The server's word on itself.",
                ["status": ["type": "string", "enum": ["ok", "ready"]]])
        ),
        ("Metrics", ["type": "string", "description": "Prometheus text format 0.0.4."]),
        (
            "OpenAPI",
            [
                "type": "object", "description": "An OpenAPI 3.1 document.", "required": ["openapi", "info", "paths"],
                "properties": [
                    "openapi": ["type": "string", "pattern": "^3\\.1\\."], "info": ["type": "object"],
                    "servers": ["type": "array", "items": ["type": "object"]],
                    "tags": ["type": "array", "items": ["type": "object"]], "paths": ["type": "object"],
                    "components": ["type": "object"],
                ],
            ]
        ),
    ]
}
