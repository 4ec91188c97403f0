import Accounts
import Core

extension OpenAPISchemas {
    static let accounts: [(key: String, value: OpenAPIValue)] = [
        ("Registration", registration), ("Login", login), ("Refresh", refresh), ("Session", session),
        ("Author", identity("The author of a post.")),
        ("User", profile), ("Me", me), ("UserPage", page("users", of: "User", "A page of accounts.")),
        ("ProfileChanges", changes), ("OpenSession", openSession), ("PasswordChange", passwordChange),
        ("EmailChange", emailChange),
        ("Farewell", object("The password of the account to delete.", ["current_password": currentPassword])),
        ("Deletion", object("When the account will be erased.", ["erased_at": time])),
        (
            "SessionList",
            object(
                "Your sessions, the newest first, all on one page.",
                [
                    "sessions": ["type": "array", "items": reference("OpenSession")],
                    "next_cursor": ["type": "null"],
                ])
        ),
    ]

    private static let email: OpenAPIValue = [
        "type": "string", "format": "email", "maxLength": .integer(Limits.emailBytesMax),
        "examples": ["alice@example.org"],
    ]
    private static let password: OpenAPIValue = [
        "type": "string", "format": "password", "minLength": .integer(Limits.passwordCharactersMin),
        "maxLength": .integer(Limits.passwordBytesMax),
        "description": .string("At most \(Limits.passwordBytesMax) bytes of UTF-8."),
        "examples": ["correct horse battery"],
    ]
    private static let displayName: OpenAPIValue = [
        "type": "string", "minLength": 1, "maxLength": .integer(Limits.displayNameBytesMax),
        "description": .string(
            "One line of up to \(Limits.displayNameCharactersMax) characters, as people count them; space around it is "
                + "cut off. Characters that cannot be seen or that change the direction of text are refused."),
        "examples": ["Alice 🐦"],
    ]

    private static let registration = object(
        "Who wants an account.", optional: ["display_name"],
        [
            "username": reference("Username"), "email": email, "password": password,
            "display_name": [
                "type": ["string", "null"], "description": "The name people see; the username where none is given.",
                "examples": ["Alice 🐦"],
            ],
        ])

    private static let login = object(
        "One of `username` and `email`, and the password.", optional: ["username", "email"],
        [
            "username": [
                "type": ["string", "null"], "description": "The username or the e-mail address.", "examples": ["alice"],
            ],
            "email": ["type": ["string", "null"], "description": "Looked at where there is no `username`."],
            "password": ["type": "string", "format": "password"],
        ])

    private static let refresh = object(
        "A refresh token, which works once, and for 10 seconds after. Using it later ends its session, because two parties "
            + "hold it.",
        ["refresh_token": ["type": "string", "examples": ["sr_6kW3T1q8vJm0mQy5yq8Zc2Vn4xR7dL1aB9eF3hJ6kN0"]]])

    private static let session = object(
        "A session: your account and the tokens to act for it. Keep both tokens secret.",
        optional: ["deletion_cancelled"],
        [
            "user": reference("Me"),
            "access_token": ["type": "string", "description": "Send it as `Authorization: Bearer …`."],
            "refresh_token": ["type": "string", "description": "Exchange it, once, at `POST /v1/auth/refresh`."],
            "token_type": ["type": "string", "enum": ["Bearer"]],
            "expires_in": [
                "type": "integer", "minimum": 1, "description": "Seconds until the access token ends.",
                "examples": [900],
            ],
            "deletion_cancelled": [
                "type": "boolean", "enum": [true],
                "description": "Only where this login took back the deletion that you had asked for.",
            ],
        ])

    private static let openSession = object(
        "One place where you are logged in.",
        [
            "session_id": reference("ID"), "created_at": time, "last_used_at": time,
            "client": [
                "type": ["string", "null"], "maxLength": .integer(Limits.clientNameScalarsMax),
                "description": "The `User-Agent` it logged in with.", "examples": ["Birdwatch/2.1 (Linux)"],
            ],
            "is_current": flag,
        ])

    private static let currentPassword: OpenAPIValue = ["type": "string", "format": "password"]
    private static let passwordChange = object(
        "A new password, and the one before.", ["password": password, "current_password": currentPassword])
    private static let emailChange = object(
        "A new e-mail address, and the password.", ["email": email, "current_password": currentPassword])

    private static let identityProperties: [(key: String, value: OpenAPIValue)] = [
        ("user_id", reference("ID")), ("username", reference("Username")),
        ("display_name", ["type": "string", "examples": ["Alice 🐦"]]),
        ("avatar_url", ["type": ["string", "null"], "format": "uri", "examples": ["https://example.org/alice.png"]]),
        ("is_verified", flag),
    ]

    private static let profileProperties: [(key: String, value: OpenAPIValue)] =
        identityProperties + [
            ("bio", ["type": "string", "examples": ["I watch birds."]]),
            ("is_private", flag), ("created_at", time), ("followers_count", count), ("following_count", count),
            (
                "posts_count",
                count.adding([("description", "Posts and comments that others may see. Counters may lag by a moment.")])
            ),
        ]

    private static let profile = whole(
        "An account as others see it. The posts of one that `is_private` are for followers it accepted.",
        profileProperties)

    private static let me = whole(
        "Your own account.",
        profileProperties + [
            ("email", ["type": ["string", "null"], "format": "email", "description": "Only for you."])
        ]
    )

    private static func identity(_ description: String) -> OpenAPIValue { whole(description, identityProperties) }

    /// An object all of whose properties are required.
    private static func whole(
        _ description: String, _ properties: [(key: String, value: OpenAPIValue)]
    ) -> OpenAPIValue {
        [
            "type": "object", "description": .string(description),
            "required": .array(properties.map { .string($0.key) }), "properties": .object(properties),
        ]
    }

    private static let changes = object(
        "What is left out stays; null clears `display_name` (to the username), `bio` and `avatar_url`.",
        optional: ["display_name", "bio", "avatar_url", "is_private", "email", "password", "current_password"],
        [
            "display_name": nullable(displayName),
            "bio": [
                "type": ["string", "null"], "maxLength": .integer(Limits.bioBytesMax),
                "description": .string("Up to \(Limits.bioCharactersMax) characters, as people count them."),
                "examples": ["I watch birds."],
            ],
            "avatar_url": [
                "type": ["string", "null"], "format": "uri", "maxLength": .integer(Limits.avatarURLBytesMax),
                "description": "An absolute http or https URL.", "examples": ["https://example.org/alice.png"],
            ],
            "is_private": [
                "type": ["boolean", "null"],
                "description": "Whether you accept your followers one by one. Opening up accepts all who asked.",
            ],
            "email": nullable(email).adding([("description", "Needs `current_password`.")]),
            "password": [
                "type": ["string", "null"], "format": "password",
                "minLength": .integer(Limits.passwordCharactersMin), "maxLength": .integer(Limits.passwordBytesMax),
                "description": "Needs `current_password`; ends your other sessions.",
            ],
            "current_password": ["type": ["string", "null"], "format": "password"],
        ])

    /// The same schema of a string, or null.
    private static func nullable(_ schema: OpenAPIValue) -> OpenAPIValue {
        guard case .object(let members) = schema else { return schema }
        return .object(members.map { $0.key == "type" ? ($0.key, ["string", "null"]) : $0 })
    }
}
