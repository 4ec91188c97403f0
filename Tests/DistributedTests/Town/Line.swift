import HTTPClient
import TestSupport

/// One client's connections, one to each api, opened anew when they were lost.
struct Line {
    private let ports: [Int]
    private var connections: [Int: HTTPConnection] = [:]

    init(_ ports: [Int]) {
        self.ports = ports
    }

    /// - Throws: `HTTPClientError`.
    mutating func send(
        _ request: HTTPClientRequest, to api: Int, within limit: Duration = .seconds(20)
    ) async throws -> HTTPClientResponse {
        let connection: HTTPConnection
        if let kept = connections[api], kept.isOpen {
            connection = kept
        } else {
            connection = try await HTTPClient(.tcp(host: "127.0.0.1", port: ports[api]), connectTimeout: .seconds(2))
                .connect()
            connections[api] = connection
        }
        return try await connection.send(request, timeout: limit)
    }

    mutating func close() async {
        for connection in connections.values { await connection.close() }
        connections = [:]
    }
}

extension HTTPClientRequest {
    /// A request of an account, with JSON where there is a body.
    init(_ method: String, _ path: String, as token: String, body: String? = nil, headers: [(String, String)] = []) {
        self.init(method: method, path: path, headers: [("Authorization", "Bearer \(token)")] + headers)
        if let body {
            self.headers.append(("Content-Type", "application/json"))
            self.body = Array(body.utf8)
        }
    }
}
