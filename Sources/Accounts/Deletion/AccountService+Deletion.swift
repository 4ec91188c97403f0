import Core
import EventLog
import SQL

/// Leaving, and coming back in time.
extension AccountService {
    /// Takes an account out of everyone's sight and ends its sessions; after the grace period everything of it is erased.
    /// Logging in before takes it back.
    /// - Returns: when it will be erased, in milliseconds since 1970.
    /// - Throws: `AccountsError`: `wrongCredentials`, `passwordNotSet`, `notFound`, `overloaded`.
    package func askForDeletion(_ principal: Principal, password: String) async throws -> Int64 {
        let id = principal.accountID
        let confirmed = try await confirmPassword(of: id, password)
        let now = clock.now()
        let dueAt = now + deletionGrace.milliseconds
        try await database.write { store in
            guard var row = try AccountRow.find(id, store), row.state == .active else { throw AccountsError.notFound }
            guard row.passwordHash == confirmed else { throw AccountsError.wrongCredentials }
            row.state = .suspended
            try DeletionRows.ask(id, at: now, dueAt: dueAt, in: store)
            try row.save(.accountSuspended, at: now, in: store)
            try SessionRows.revokeAll(of: id, at: now, in: store)
        }
        return dueAt
    }

    /// The deletions that wait or are done, the newest first.
    /// - Parameter account: this one's alone.
    package func deletions(of account: ID<Account>? = nil, limit: Int = 100) async throws -> [Deletion] {
        try await database.read { try Deletion.newest(of: account, limit: limit, $0) }
    }
}
