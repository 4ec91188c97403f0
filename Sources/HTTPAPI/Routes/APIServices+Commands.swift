import Accounts
import HTTPTypes
import Posts

extension APIServices {
    /// Carries a command out, and once where the client named it by an `Idempotency-Key`.
    /// - Parameters:
    ///   - route: what the command is, with the ids in its path; aliases share it.
    ///   - perform: does it, and writes the note, where there is one, in the same transaction.
    ///   - again: finds what came of it by the id that was noted.
    func once<Result: Sendable>(
        _ request: APIRequest, _ route: String, perform: (CommandNote?) async throws -> Result,
        again: (Int64) async throws -> Result
    ) async throws -> (result: Result, replayed: Bool) {
        guard let text = request.headers[.idempotencyKey] else { return (try await perform(nil), false) }
        let key = try IdempotencyKey(account: try request.viewer(), route: route, text: text)
        return try await posts.commands.once(
            IdempotentCommand(key, body: request.body), perform: { try await perform($0) }, again: again)
    }
}

extension APIResponse {
    /// Says that this was answered before.
    func replayed(_ isReplayed: Bool) -> APIResponse {
        guard isReplayed else { return self }
        var response = self
        response.headers[.idempotencyReplayed] = "true"
        return response
    }
}
