import Core
import HTTPTypes
import SQL

/// Lets a client see through one process what it wrote through another: an answer to a write says how far the store has
/// come, and a request that says so waits until this process has come as far.
///
/// What hides something needs none of this: it is acknowledged only when every process knows.
struct ReadYourWrites: Sendable {
    private static let patience: Duration = .seconds(2)
    /// A position further ahead than this no process has given.
    private static let aheadMax: Int64 = 10_000_000

    let database: any Database

    /// - Throws: a problem for a position that is none, or `SQLError` where this process does not get there in time.
    func wait(for request: APIRequest) async throws {
        guard let text = request.headers[.starlingPosition] else { return }
        let position = database.position
        guard let wanted = Int64(text), wanted >= 0, wanted - position <= Self.aheadMax || position == 0 else {
            throw APIError.badRequest("Starling-Position must be a value that an answer of this server gave.")
        }
        guard wanted > position else { return }
        try await database.waitUntilApplied(wanted, timeout: Self.patience)
    }

    func note(in response: inout APIResponse, to request: APIRequest) {
        let position = database.position
        guard position > 0, request.method != .get, request.method != .head else { return }
        response.headers[.starlingPosition] = String(position)
    }
}

extension HTTPField.Name {
    static let starlingPosition = HTTPField.Name("Starling-Position") ?? .retryAfter
}
