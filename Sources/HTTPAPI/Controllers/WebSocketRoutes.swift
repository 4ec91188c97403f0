import Accounts
import Core
import HTTPTypes
import Streaming

/// What `StreamRoutes` streams, over WebSocket.
struct WebSocketRoutes: Sendable {
    let services: APIServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/stream/ws", .optional,
                Operation(
                    "openWebSocket", "What happens in your feed, over WebSocket", tag: "Live", parameters: ["resume"],
                    answer: (101, nil), problems: [403, 426]), handler: open)
        ]
    }

    /// Not in the OpenAPI document, and not there unless the server was told to.
    static let echo = Endpoint(
        .get, "/test/websocket", .open, charge: Endpoint.Charge.none,
        Operation("echo", "Says back what it hears", tag: "Live", answer: (101, nil), problems: [426]),
        handler: { request in
            var response = try handshake(request)
            response.webSocket = .echo
            return response
        })

    private func open(_ request: APIRequest) async throws -> APIResponse {
        guard services.allowedOrigins.admits(request) else { throw APIError.foreignOrigin }
        var response = try Self.handshake(request)
        var opening: EventSocket.Opening?
        if let principal = request.principal, let token = request.bearerToken {
            opening = EventSocket.Opening(
                principal: principal, token: token, place: try services.streams.place(for: principal))
        }
        response.webSocket = .events(
            EventSocket(
                hub: services.streams, authenticator: services.authenticator, opening: opening,
                resume: request.query["resume"]))
        return response
    }

    /// RFC 6455, section 4.2.1. No subprotocol and no extension is agreed on.
    private static func handshake(_ request: APIRequest) throws -> APIResponse {
        guard request.method == .get, request.headers[.upgrade] != nil,
            request.headers[.secWebSocketVersion] == WebSocketHandshake.version
        else { throw APIError.upgradeRequired }
        guard let key = request.headers[.secWebSocketKey], let accept = WebSocketHandshake.accept(key: key) else {
            throw APIError.badRequest("Sec-WebSocket-Key must be 16 bytes in base64.")
        }
        var response = APIResponse(status: 101)
        response.headers[.secWebSocketAccept] = accept
        return response
    }
}
