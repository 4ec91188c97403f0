import Accounts
import Core
import Engagement
import HTTPTypes
import Streaming

/// What happens while it happens, and how far an account's devices have read.
struct StreamRoutes: Sendable {
    let services: APIServices

    private static let tag = "Live"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/stream", .required,
                Operation(
                    "openStream", "What happens in your feed, as server-sent events", tag: Self.tag,
                    parameters: ["lastEventID"], answer: (200, "EventStream"), problems: [403]), handler: stream),
            Endpoint(
                .get, "/v1/me/markers", .required,
                Operation("getMarkers", "How far you have read", tag: Self.tag, answer: (200, "Markers")),
                handler: { request in .json(try await services.markers.markers(of: try request.viewer()).json) }),
            Endpoint(
                .put, "/v1/me/markers", .required,
                Operation(
                    "moveMarkers", "Say how far you have read, to all of your devices", tag: Self.tag,
                    body: "MarkerMoves", answer: (200, "Markers")), handler: move),
        ]
    }

    private func stream(_ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal, let token = request.bearerToken else {
            throw APIError.unauthenticated
        }
        guard services.allowedOrigins.admits(request) else { throw APIError.foreignOrigin }
        var response = APIResponse(contentType: EventStream.contentType)
        // nginx gathers answers otherwise.
        response.headers[.accelBuffering] = "no"
        guard request.method != .head else { return response }
        response.stream = EventStream(
            hub: services.streams, place: try services.streams.place(for: principal), principal: principal,
            token: token,
            resume: request.headers[.lastEventID])
        return response
    }

    private struct MovesBody: JSONReadable {
        static let fieldNames = ["backward"] + MarkedList.allCases.map(\.name)

        let moves: [MarkerService.Move]

        init(_ fields: JSONFields) throws {
            let mayGoBack = try fields.optionalFlag("backward") ?? false
            moves = try MarkedList.allCases.compactMap { list in
                try fields.optionalID(list.name, of: Account.self).map {
                    MarkerService.Move(list, to: $0.rawValue, mayGoBack: mayGoBack)
                }
            }
        }
    }

    private func move(_ request: APIRequest) async throws -> APIResponse {
        let moves = try request.decode(MovesBody.self).moves
        return .json(try await services.markers.move(moves, of: try request.viewer()).json)
    }
}

extension StreamHub {
    /// - Throws: `Problem` where the account or the server has as many as it may.
    func place(for principal: Principal) throws -> StreamPlace {
        do { return try reserve(for: principal.accountID) } catch {
            throw error == .accountFull ? APIError.tooManyStreams : APIError.unavailable
        }
    }
}

extension APIRequest {
    var bearerToken: String? {
        headers[.authorization]?.split(separator: " ", maxSplits: 1).last.map(String.init)
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .retryAfter
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .retryAfter
}
