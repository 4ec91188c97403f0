import HTTPTypes

/// Which problems an endpoint can give, and what each of them is.
enum OpenAPIProblems {
    private struct Kind {
        let status: Int
        let name: String
        let description: String
        var headers: [String] = []
    }

    private static let kinds = [
        Kind(
            status: 400, name: "BadRequest",
            description: "The request cannot be read: its target, its cursor or its JSON is malformed."),
        Kind(
            status: 401, name: "Unauthorized",
            description: "The access token is missing, wrong, or has ended; or the credentials are wrong.",
            headers: ["WWW-Authenticate"]),
        Kind(
            status: 403, name: "Forbidden",
            description:
                "The account is suspended, being deleted, or has no password; or the post's author takes no comments from you, "
                + "or does not let you share it; or a page of a foreign origin asks for a stream."
        ),
        Kind(
            status: 404, name: "NotFound",
            description: "There is nothing here, or nothing that you may see; the two cannot be told apart."),
        Kind(
            status: 405, name: "MethodNotAllowed", description: "This path does not take that method.",
            headers: ["Allow"]),
        Kind(status: 409, name: "Conflict", description: "It contradicts what is there: `type` says how."),
        Kind(status: 410, name: "Gone", description: "The `since` token is too old; load the feed anew."),
        Kind(status: 413, name: "ContentTooLarge", description: "The body is larger than this server takes."),
        Kind(status: 414, name: "URITooLong", description: "The request target is too long."),
        Kind(
            status: 415, name: "UnsupportedMediaType", description: "The body must be `application/json` in UTF-8."),
        Kind(status: 422, name: "UnprocessableContent", description: "`field` says what is wrong; `detail` says why."),
        Kind(
            status: 426, name: "UpgradeRequired", description: "This path is for WebSocket clients.",
            headers: ["Upgrade", "Sec-WebSocket-Version"]),
        Kind(
            status: 429, name: "TooManyRequests", description: "Too many requests; wait as long as `Retry-After` says.",
            headers: ["Retry-After"]),
        Kind(status: 431, name: "HeadersTooLarge", description: "The header fields are too large or too many."),
        Kind(status: 500, name: "InternalServerError", description: "A fault of the server's; it has been logged."),
        Kind(
            status: 503, name: "ServiceUnavailable", description: "Not right now; try again after `Retry-After`.",
            headers: ["Retry-After"]),
    ]

    /// The statuses of the problems an endpoint can give, ascending: its own, and those of its kind.
    static func statuses(of endpoint: Endpoint) -> [Int] {
        var statuses = Set(endpoint.operation.problems).union([400, 413, 414, 431, 500])
        if case .open = endpoint.access {} else { statuses.insert(401) }
        if endpoint.charge != .none { statuses.formUnion([429, 503]) }
        if endpoint.operation.body != nil { statuses.insert(415) }
        // A field that the body does not have, also where there is no body.
        if endpoint.method != .get || !endpoint.operation.parameters.isEmpty { statuses.insert(422) }
        return statuses.sorted()
    }

    /// The key in `components/responses`.
    static func name(of status: Int) -> String {
        kinds.first { $0.status == status }?.name ?? "InternalServerError"
    }

    static let responses: OpenAPIValue = .object(
        kinds.map { kind in
            let headers = OpenAPIHeaders.common(isCharged: true) + OpenAPIHeaders.references(kind.headers)
            return (
                kind.name,
                [
                    "description": .string(kind.description), "headers": .object(headers),
                    "content": [
                        "application/problem+json": ["schema": OpenAPIOperation.reference("schemas", "Problem")]
                    ],
                ]
            )
        })

    /// What `type` can say, after `urn:starling:problem:`.
    static let types: [(code: String, meaning: String)] = [
        ("bad-request", "the request cannot be read"),
        ("unauthenticated", "an access token is needed, or this one is no longer good"),
        ("wrong-credentials", "the name or the password is wrong"),
        ("wrong-password", "current_password is wrong"),
        ("refresh-token-invalid", "log in again"),
        (
            "refresh-token-reused",
            "the refresh token was used before, not just now, so the session has ended: log in again"
        ),
        ("account-suspended", "the account is suspended"),
        ("account-leaving", "the account is being deleted: log in to keep it"),
        ("password-not-set", "the account has no password"),
        ("not-found", "there is nothing here for you"),
        ("method-not-allowed", "the path does not take that method"),
        ("username-taken", "choose another username"),
        ("username-look-alike", "choose a username that nobody takes for another's"),
        ("email-taken", "an account has this e-mail address"),
        ("blocking", "you block this account: lift that first"),
        ("comments-closed", "the author of the post does not take comments from you"),
        ("sharing-closed", "the author of the post does not let you repost or quote it"),
        ("already-voted", "you voted in this poll, and otherwise"),
        ("poll-closed", "the poll takes no votes any more"),
        ("idempotency-in-flight", "the first request with this key is still being handled"),
        ("idempotency-mismatch", "this key was used with another body"),
        ("reload", "load the feed anew"),
        ("too-large", "the body is too large"),
        ("uri-too-long", "the request target is too long"),
        ("unsupported-media-type", "the body must be JSON in UTF-8"),
        ("invalid", "`field` is not as it must be"),
        ("origin-not-allowed", "the server is not open to pages of this origin"),
        ("upgrade-required", "the path is for WebSocket clients"),
        ("limit-reached", "no more of these are allowed"),
        ("rate-limited", "too many requests"),
        ("too-many-streams", "the account has as many streams open as it may"),
        ("headers-too-large", "the header fields are too large"),
        ("internal", "a fault of the server's"),
        ("unavailable", "try again in a moment"),
    ]
}
