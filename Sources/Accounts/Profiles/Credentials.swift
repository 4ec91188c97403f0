import Core
import SQL

/// What an account logs in with.
struct Credentials: Sendable {
    let id: ID<Account>
    let state: AccountState
    /// A PHC string; nil where no password was set.
    let passwordHash: String?

    /// - Parameter name: a username or an e-mail address, in any case.
    static func find(name: String, _ store: any SQLReader) throws -> Credentials? {
        if let email = try? EmailAddress(name) {
            return try find("email_key = $1", .text(email.key), store)
        }
        guard let username = try? Username(name) else { return nil }
        return try find("username = $1", .text(username.value), store)
    }

    static func find(id: ID<Account>, _ store: any SQLReader) throws -> Credentials? {
        try find("id = $1", .integer(id.rawValue), store)
    }

    private static func find(_ condition: String, _ key: SQLValue, _ store: any SQLReader) throws -> Credentials? {
        try store.first("SELECT id, state, password_hash FROM users WHERE \(condition)", [key]) { row in
            Credentials(
                id: row.id(0), state: AccountState(rawValue: row.int64(1)) ?? .deleted,
                passwordHash: row.optionalText(2))
        }
    }
}
