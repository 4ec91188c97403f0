import Core
import SQL

/// An access token made for someone from the command line.
package struct IssuedToken: Sendable {
    package let account: ID<Account>
    package let username: String
    package let accessToken: String
}

/// Access tokens without a login, for load tests. Each has a session of its own that ends with it.
///
/// A lifetime beyond `AccountsSettings.issuedTokenLifetime` does not outlast the signing key, should that be rotated.
extension AccountService {
    /// Tokens of up to `count` active accounts, the oldest ones.
    /// - Parameter lifetime: `AccountsSettings.issuedTokenLifetime` where nil.
    package func issueTokens(count: Int, lifetime: Duration? = nil) async throws -> [IssuedToken] {
        let accounts = try await database.read { store in
            try store.query(
                "SELECT id, username FROM users WHERE state = 0 ORDER BY id LIMIT $1", [.integer(Int64(count))]
            ) { (id: $0.id(0, Account.self), username: $0.text(1)) }
        }
        return try await issueTokens(accounts, lifetime: lifetime)
    }

    /// Tokens of these accounts; names of nobody active are left out.
    package func issueTokens(usernames: [Username], lifetime: Duration? = nil) async throws -> [IssuedToken] {
        let accounts = try await database.read { store in
            try usernames.compactMap { username in
                try store.first(
                    "SELECT id, username FROM users WHERE username = $1 AND state = 0", [.text(username.value)]
                ) { (id: $0.id(0, Account.self), username: $0.text(1)) }
            }
        }
        return try await issueTokens(accounts, lifetime: lifetime)
    }

    private func issueTokens(
        _ accounts: [(id: ID<Account>, username: String)], lifetime: Duration?
    ) async throws -> [IssuedToken] {
        let lifetime = lifetime ?? authority.settings.issuedTokenLifetime
        var issued: [IssuedToken] = []
        for start in stride(from: 0, to: accounts.count, by: Limits.issuedTokensBatchMax) {
            let batch = accounts[start..<min(start + Limits.issuedTokensBatchMax, accounts.count)]
            var sessions: [NewSession] = []
            for account in batch { sessions.append(try await opener.session(for: account.id, lifetime: lifetime)) }
            try await database.write { [sessions] store in
                for session in sessions { try SessionRows.open(session, token: nil, in: store) }
            }
            for (account, session) in zip(batch, sessions) {
                let (token, _) = try await authority.issue(
                    account: account.id, session: session.id, lifetime: lifetime)
                issued.append(IssuedToken(account: account.id, username: account.username, accessToken: token))
            }
        }
        return issued
    }
}
