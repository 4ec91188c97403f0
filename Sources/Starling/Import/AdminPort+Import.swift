import Exports
import Posts

extension AdminPort {
    /// - Returns: the accounts' ids, in the order of the usernames.
    func importAccounts(_ usernames: [String]) async throws -> [Int64] {
        guard case .accounts(let ids) = try await answer(.importAccounts(usernames: usernames)),
            ids.count == usernames.count, !ids.contains(0)
        else { throw Self.misunderstood }
        return ids
    }

    /// - Parameter pairs: follower and followee by turns.
    /// - Returns: how many were new.
    func importFollows(_ pairs: [Int64]) async throws -> Int {
        try await count(.importFollows(pairs: pairs))
    }

    /// Also moves the checkpoint of `source`; where it is there already, nothing is done.
    /// - Returns: what was new.
    func importPosts(_ posts: [AdminPost], source: String, linesDone: Int64) async throws -> ImportedCounts {
        let command = AdminCommand.importPosts(posts: posts, source: source, linesDone: linesDone)
        guard case .imported(let counts) = try await answer(command) else { throw Self.misunderstood }
        return counts
    }

    /// The checkpoint of `source`: 0 where nothing was imported from it.
    func linesImported(source: String) async throws -> Int64 {
        Int64(try await count(.linesImported(source: source)))
    }

    /// Returns when every consumer has handled what was committed before.
    func drain() async throws {
        _ = try await answer(.drain)
    }

    /// Creates an account that can log in, without e-mail.
    func createUser(_ username: String, password: String) async throws {
        _ = try await answer(.createUser(username: username, email: nil, password: password))
    }

    private func count(_ command: AdminCommand) async throws -> Int {
        guard case .count(let count) = try await answer(command) else { throw Self.misunderstood }
        return count
    }

    /// - Throws: `ImportError` with the sentence of a command that could not be performed, `ArchiveError`.
    func answer(_ command: AdminCommand) async throws -> AdminReply {
        let reply = try await perform(command)
        if case .failure(let sentence) = reply { throw ImportError(sentence) }
        if case .refused(let reason) = reply { throw ArchiveError(reason) }
        return reply
    }

    static var misunderstood: ImportError {
        ImportError("The server gave an answer of another kind than asked for; is it of the same version?")
    }
}
