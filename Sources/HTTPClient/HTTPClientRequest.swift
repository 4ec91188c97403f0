/// A request as the caller means it. `Host` and `Content-Length` are added on the way out unless given.
package struct HTTPClientRequest: Sendable {
    package var method: String
    /// The path with its query, already percent-encoded: `/v1/feed?limit=20`.
    package var path: String
    package var headers: [(String, String)]
    package var body: [UInt8]

    package init(method: String = "GET", path: String, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}
