/// Names and lifetimes of tokens.
package struct AccountsSettings: Sendable {
    package var issuer: String
    package var audience: String
    package var accessTokenLifetime: Duration
    package var refreshTokenLifetime: Duration
    /// Of access tokens issued from the command line.
    package var issuedTokenLifetime: Duration

    package init(
        issuer: String = "starling", audience: String = "starling", accessTokenLifetime: Duration = .seconds(15 * 60),
        refreshTokenLifetime: Duration = .seconds(30 * 86_400), issuedTokenLifetime: Duration = .seconds(24 * 3600)
    ) {
        self.issuer = issuer
        self.audience = audience
        self.accessTokenLifetime = accessTokenLifetime
        self.refreshTokenLifetime = refreshTokenLifetime
        self.issuedTokenLifetime = issuedTokenLifetime
    }

    /// How long a retired key may still be needed.
    var accessTokenLifetimeMax: Duration { max(accessTokenLifetime, issuedTokenLifetime) }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
