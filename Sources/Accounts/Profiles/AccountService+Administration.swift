import Core
import EventLog
import SQL

/// What only the operator does.
extension AccountService {
    /// Whether there has never been an account.
    package func isEmpty() async throws -> Bool {
        try await database.read { try $0.first("SELECT id FROM users LIMIT 1") { $0.int64(0) } == nil }
    }

    /// Creates an account without a session.
    /// - Throws: `AccountsError`: `usernameTaken`, `usernameLooksTaken`, `emailTaken`, `overloaded`.
    package func createAccount(
        _ username: Username, password: Password? = nil, email: EmailAddress? = nil, displayName: DisplayName? = nil
    ) async throws -> Account {
        let row = try await newRow(
            username, email: email, password: password, displayName: displayName, isActiveNow: false)
        try await create(row)
        return Account(row)
    }

    /// Sets the password of an account and ends all its sessions.
    /// - Throws: `AccountsError`: `notFound`, `overloaded`.
    package func setPassword(_ password: Password, of id: ID<Account>) async throws {
        let hash = try await hasher.hash(password)
        try await change(id) { row, now, store in
            guard row.state != .deleted else { throw AccountsError.notFound }
            row.passwordHash = hash
            try row.save(.accountUpdated, flags: .credentials, at: now, in: store)
            try SessionRows.revokeAll(of: id, at: now, in: store)
        }
    }

    /// Takes an account out of everyone's sight and ends its sessions. Suspending it twice is once.
    /// - Throws: `AccountsError.notFound`.
    package func suspend(_ id: ID<Account>) async throws {
        try await change(id) { row, now, store in
            guard row.state != .deleted else { throw AccountsError.notFound }
            try DeletionRows.hold(id, true, in: store)
            guard row.state == .active else { return }
            row.state = .suspended
            try row.save(.accountSuspended, at: now, in: store)
            try SessionRows.revokeAll(of: id, at: now, in: store)
        }
    }

    /// Ends a suspension.
    /// - Throws: `AccountsError.notFound`.
    package func reinstate(_ id: ID<Account>) async throws {
        try await change(id) { row, now, store in
            guard row.state != .deleted else { throw AccountsError.notFound }
            guard row.state == .suspended else { return }
            // Who wants to go is only let log in again.
            try DeletionRows.hold(id, false, in: store)
            guard try !DeletionRows.isLeaving(id, store) else { return }
            row.state = .active
            try row.save(.accountReinstated, at: now, in: store)
        }
    }

    private func change(
        _ id: ID<Account>, _ body: @escaping @Sendable (inout AccountRow, Int64, any SQLWriter) throws -> Void
    ) async throws {
        let now = clock.now()
        try await database.write { store in
            guard var row = try AccountRow.find(id, store) else { throw AccountsError.notFound }
            try body(&row, now, store)
        }
    }
}
