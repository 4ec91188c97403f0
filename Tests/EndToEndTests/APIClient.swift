import Foundation
import HTTPClient
import TestSupport

/// A client of the API, as one account or as nobody.
struct APIClient: Sendable {
    let http: HTTPClient
    var token: String?

    init(port: Int, token: String? = nil) {
        http = HTTPClient(.tcp(host: "127.0.0.1", port: port))
        self.token = token
    }

    func with(token: String?) -> APIClient {
        var client = self
        client.token = token
        return client
    }

    func get(_ path: String) async throws -> HTTPClientResponse {
        try await http.send(request("GET", path))
    }

    /// - Parameter body: JSON, where there is one.
    func send(
        _ method: String, _ path: String, _ body: [String: String]? = nil, idempotencyKey: String? = nil
    ) async throws -> HTTPClientResponse {
        try await http.send(request(method, path, body, idempotencyKey: idempotencyKey))
    }

    func request(
        _ method: String, _ path: String, _ body: [String: String]? = nil, idempotencyKey: String? = nil
    ) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(method: method, path: path)
        if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
        if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
        if let body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = Array(try JSONEncoder().encode(body))
        }
        return request
    }
}

extension HTTPClientResponse {
    var json: JSON { JSON(bytes: body) }
}
