import Core

/// Who a request acts for, as its access token says.
package struct Principal: Hashable, Sendable {
    package let accountID: ID<Account>
    package let sessionID: Int64
    /// When the token ends, in milliseconds since 1970.
    package let expiresAt: Int64

    package init(accountID: ID<Account>, sessionID: Int64, expiresAt: Int64) {
        self.accountID = accountID
        self.sessionID = sessionID
        self.expiresAt = expiresAt
    }
}
