import Core
import HTTPTypes

/// Builds the OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html) from the table of endpoints.
struct OpenAPIDocument {
    let endpoints: [Endpoint]

    func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 128 * 1024)
        let document: OpenAPIValue = [
            "openapi": "3.1.0", "info": Self.info, "servers": [["url": "/", "description": "This server"]],
            "tags": Self.tags, "paths": paths, "components": components,
        ]
        document.write(to: &writer)
        return writer.bytes
    }

    private var paths: OpenAPIValue {
        var paths: [(key: String, value: OpenAPIValue)] = []
        for endpoint in endpoints where !paths.contains(where: { $0.key == endpoint.path }) {
            let methods = endpoints.filter { $0.path == endpoint.path }.map { endpoint in
                (key: endpoint.method.rawValue.lowercased(), value: OpenAPIOperation(endpoint: endpoint).value)
            }
            paths.append((endpoint.path, .object(methods)))
        }
        return .object(paths)
    }

    private static let info: OpenAPIValue = [
        "title": "Starling", "version": "1", "summary": "A social feed: post, follow, and read a feed that is there.",
        "description": """
        Every body is JSON in snake_case and UTF-8. Ids are decimal strings of 64-bit numbers that grow with time; \
        keep them as strings, since numbers in JSON lose precision past 2⁵³. Times are RFC 3339 in UTC. A body with a field that it \
        does not have is refused; answers may get more fields, so pass over those that you do not know.

        **Start** by `POST /v1/users/register`, then send `Authorization: Bearer <access_token>`. When that token \
        ends, exchange the refresh token at `POST /v1/auth/refresh`.

        **Lists** answer with `next_cursor`: pass it as `cursor` for the next page, unread and unchanged, until it is \
        null. Pages do not shift while people post.

        **Refusals** are problem documents (RFC 9457) whose `type` says what happened. What you may not see answers \
        exactly like what does not exist: 404. Any path may also give 405 for a method it does not take, and every \
        `GET` route answers `HEAD`.

        **Web apps** on another origin may use all of it where the operator names that origin (`--allowed-origins`): every path \
        answers their browser's `OPTIONS`, and answers then carry `Access-Control-Allow-Origin` and `Vary: Origin`. Cookies are \
        neither set nor read.
        """,
    ]

    private static let tags: OpenAPIValue = [
        ["name": "Accounts", "description": "Registering, sessions and profiles."],
        ["name": "Posts", "description": "Writing, changing and reading posts. A comment is a post with `reply_to`."],
        ["name": "Graph", "description": "Follows, follow requests, blocks and mutes."],
        ["name": "Tags", "description": "Hashtags: their posts, following them, trends."],
        ["name": "Lists", "description": "Lists of accounts that you follow, each with a feed of its own."],
        ["name": "Feed", "description": "The home feed: the posts of those you follow, and your own."],
        ["name": "Live", "description": "What happens while it happens, and how far you have read."],
        ["name": "Operations", "description": "For those who run the server."],
    ]

    private var components: OpenAPIValue {
        [
            "schemas": OpenAPISchemas.all(bodies: Set(endpoints.compactMap(\.operation.body))),
            "parameters": OpenAPIParameters.all, "headers": OpenAPIHeaders.all,
            "responses": OpenAPIProblems.responses, "securitySchemes": Self.securitySchemes,
        ]
    }

    private static let securitySchemes: OpenAPIValue = [
        "bearerAuth": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The `access_token` of a session. It ends at once when you log out or change your password.",
        ],
        "metricsToken": [
            "type": "http", "scheme": "bearer", "description": "The token set by the operator with `--metrics-token`.",
        ],
    ]
}
