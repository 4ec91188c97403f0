import Core

/// A session about to be stored. Times in milliseconds since 1970.
struct NewSession: Sendable {
    let id: Int64
    let accountID: ID<Account>
    let createdAt: Int64
    let expiresAt: Int64
    let client: ClientName?
}
