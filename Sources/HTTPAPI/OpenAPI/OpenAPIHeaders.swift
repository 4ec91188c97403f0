/// The header fields of answers.
enum OpenAPIHeaders {
    static let all: OpenAPIValue = [
        "X-Request-Id": header("Names this request in the server's logs; give it when you report a fault.", string),
        "RateLimit": header(
            "What is left of the rule that will stop you first (draft-ietf-httpapi-ratelimit-headers): `r` requests, "
                + "all back in `t` seconds. Absent where limits are off.", string, example: #""user-reads";r=1199;t=1"#),
        "RateLimit-Policy": header(
            "Every rule this request was charged to: `q` requests in `w` seconds.", string,
            example: #""user-reads";q=1200;w=60"#),
        "Retry-After": header("Seconds to wait before trying again.", ["type": "integer", "minimum": 1], example: 2),
        "Idempotency-Replayed": header(
            "`true` where the post was published by an earlier request with this key; absent otherwise.",
            ["type": "string", "enum": ["true"]]),
        "WWW-Authenticate": header("How to authenticate.", string, example: #"Bearer realm="starling""#),
        "Content-Encoding": header(
            "`gzip` where you accept it, the body has a kibibyte or more and this server compresses this answer; absent "
                + "otherwise.", ["type": "string", "enum": ["gzip"]]),
        "Vary": header(
            "On what the answer depends besides its address: `Accept-Encoding` where it may be compressed, `Origin` where web "
                + "apps of other origins are allowed.", string, example: "Origin, Accept-Encoding"),
        "Starling-Position": header(
            "After a write, where several processes serve: how far the store had come. Send it with later requests, and they "
                + "see the write whichever process answers.", string, example: "48121"),
        "Upgrade": header("What the connection has to become, or becomes.", string, example: "websocket"),
        "Sec-WebSocket-Version": header("The version of the protocol.", string, example: "13"),
        "Sec-WebSocket-Accept": header(
            "Proves that the handshake was understood (RFC 6455, 4.2.2).", string,
            example: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "Allow": header("The methods that this path takes.", string, example: "GET, HEAD"),
    ]

    /// Of every answer, and of those that were charged.
    static func common(isCharged: Bool) -> [(key: String, value: OpenAPIValue)] {
        references(isCharged ? ["X-Request-Id", "RateLimit", "RateLimit-Policy"] : ["X-Request-Id"])
    }

    static func references(_ names: [String]) -> [(key: String, value: OpenAPIValue)] {
        names.map { ($0, OpenAPIOperation.reference("headers", $0)) }
    }

    private static let string: OpenAPIValue = ["type": "string"]

    private static func header(
        _ description: String, _ schema: OpenAPIValue, example: OpenAPIValue? = nil
    ) -> OpenAPIValue {
        let header: OpenAPIValue = ["description": .string(description), "schema": schema]
        return header.adding(example.map { [("example", $0)] } ?? [])
    }
}
