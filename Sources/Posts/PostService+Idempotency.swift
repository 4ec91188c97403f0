import Accounts
import Core
import SQL

extension PostService {
    /// Publishes once for each key: sent again with the same body within a day, it answers with the same post.
    /// - Parameter body: the request's bytes, whose hash tells whether it is the same request.
    /// - Returns: the post, and whether it was there before.
    /// - Throws: `IdempotencyError`, or as `publish`; `PostsError.notFound` where the post of the first request has been
    ///   deleted since.
    package func publish(
        _ draft: PostDraft, author: ID<Account>, key: IdempotencyKey, body: [UInt8]
    ) async throws -> (shown: Shown, replayed: Bool) {
        let (shown, replayed) = try await commands.once(IdempotentCommand(key, body: body)) { note in
            try await publish(draft, author: author, noting: note)
        } again: { id in
            try await post(ID(id), viewer: author)
        }
        return (shown, replayed)
    }

    /// What a command writes besides the post it makes.
    static func companions(_ note: CommandNote?) -> [@Sendable (ID<Post>) -> Statement] {
        guard let note else { return [] }
        return [{ note.statement($0.rawValue) }]
    }
}
