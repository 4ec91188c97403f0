import Accounts
import Core
import Streaming

/// The stream of events over WebSocket.
///
/// A client that can set a header sends its token there. Browsers cannot: they say it in their first message, since whatever
/// else they can set, addresses and the names of subprotocols, ends up in logs.
package struct EventSocket: Sendable {
    /// What a stream is opened with.
    struct Opening: Sendable {
        let principal: Principal
        let token: String
        let place: StreamPlace
    }

    /// The first message.
    private struct Introduction: JSONReadable {
        static let fieldNames = ["token", "resume"]

        let token: String
        let resume: String?

        init(_ fields: JSONFields) throws {
            token = try fields.string("token")
            resume = try fields.optionalString("resume")
        }
    }

    static let openingBytesMax = 8 * 1024
    /// How long a client may take to say who it is.
    static let openingTime: Duration = .seconds(10)

    let hub: StreamHub
    let authenticator: Authenticator
    /// Nil where the first message says who listens.
    let opening: Opening?
    let resume: String?

    /// Opens the stream, which lives as long as the connection, or closes that.
    func serve(_ connection: WebSocketConnection) async {
        do {
            if let opening {
                try await run(opening, resume: resume, on: connection)
            } else if let said = try await connection.message(within: Self.openingTime) {
                let introduction = try JSONBody.decode(Introduction.self, from: said)
                let opening = try await self.opening(introduction.token)
                try await run(opening, resume: introduction.resume ?? resume, on: connection)
            }
        } catch {
            connection.close(Self.close(for: error))
        }
    }

    private func opening(_ token: String) async throws -> Opening {
        let principal = try await authenticator.authenticate(token)
        return Opening(principal: principal, token: token, place: try hub.reserve(for: principal.accountID))
    }

    private func run(_ opening: Opening, resume: String?, on connection: WebSocketConnection) async throws {
        let outlet = WebSocketOutlet(connection)
        let stream = try await hub.open(outlet, principal: opening.principal, token: opening.token, resume: resume)
        connection.whenClosed { [hub] in
            hub.close(stream)
            withExtendedLifetime(opening.place) {}
        }
    }

    private static func close(for error: any Error) -> WebSocketClose {
        switch error {
        case is AccountsError: WebSocketClose(.unauthorized, reason: "the token is not good")
        case is Problem: WebSocketClose(.policyViolation, reason: "the first message must be {\"token\", \"resume\"}")
        case StreamRefusal.accountFull: WebSocketClose(.tryAgainLater, reason: "the account has too many streams")
        case is StreamRefusal: WebSocketClose(.tryAgainLater, reason: "the server cannot do this right now")
        case WebSocketConnection.Silence.tooLong: WebSocketClose(.timeout, reason: "nothing said who this is")
        default: WebSocketClose(.internalError)
        }
    }
}
