import Core
import SQL

/// Draws new sessions and, once they are stored, their tokens.
struct SessionOpener: Sendable {
    let ids: IDGenerator
    let authority: TokenAuthority
    let clock: WallClock

    private var settings: AccountsSettings { authority.settings }

    /// - Parameter lifetime: that of a session with a refresh token where nil.
    func session(
        for account: ID<Account>, lifetime: Duration? = nil, client: ClientName? = nil
    ) async throws -> NewSession {
        let now = clock.now()
        let expiresAt = lifetime.map { now + $0.milliseconds } ?? expiry(from: now)
        return NewSession(
            id: try await ids.next(bucket: account.bucket), accountID: account, createdAt: now, expiresAt: expiresAt,
            client: client)
    }

    /// When a session ends that was last refreshed at `now`: never before its access token.
    func expiry(from now: Int64) -> Int64 {
        now + max(settings.refreshTokenLifetime, settings.accessTokenLifetime).milliseconds
    }

    func tokens(account: ID<Account>, session: Int64, refreshToken: RefreshToken) async throws -> TokenPair {
        let (token, expiresIn) = try await authority.issue(account: account, session: session)
        return TokenPair(accessToken: token, refreshToken: refreshToken.text, expiresIn: expiresIn)
    }
}
