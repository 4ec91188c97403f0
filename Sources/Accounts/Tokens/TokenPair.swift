/// What a client gets to act for an account.
package struct TokenPair: Sendable {
    package let accessToken: String
    package let refreshToken: String
    /// Until the access token ends.
    package let expiresIn: Duration
}
