import Core
import EventLog
import SQL
import Telemetry

/// Logging in, staying logged in, and logging out.
package struct SessionService: Sendable {
    let database: any Database
    private let hasher: PasswordHasher
    private let opener: SessionOpener
    let clock: WallClock
    private let logger: Logger

    package init(
        database: any Database, ids: IDGenerator, hasher: PasswordHasher, authority: TokenAuthority, clock: WallClock,
        logger: Logger
    ) {
        self.database = database
        self.hasher = hasher
        opener = SessionOpener(ids: ids, authority: authority, clock: clock)
        self.clock = clock
        self.logger = logger
    }

    /// Begins a session. An unknown name takes as long as a wrong password.
    /// - Parameter name: a username or an e-mail address.
    /// - Returns: `isBack` where this took back the deletion that the account waited for.
    /// - Throws: `AccountsError`: `wrongCredentials`, `accountSuspended` (to who knows the password), `overloaded`.
    package func login(
        name: String, password: String, client: ClientName? = nil
    ) async throws -> (account: ID<Account>, tokens: TokenPair, isBack: Bool) {
        let stored = try await database.read { try Credentials.find(name: name, $0) }
        guard try await hasher.verify(password, against: stored?.passwordHash), let stored else {
            throw AccountsError.wrongCredentials
        }
        let session = try await opener.session(for: stored.id, client: client)
        let token = RefreshToken.generated()
        let isBack = try await database.write { store in
            // The password or the account may have changed while the hash was computed.
            guard let current = try Credentials.find(id: stored.id, store),
                current.passwordHash == stored.passwordHash
            else { throw AccountsError.wrongCredentials }
            let isBack = current.state != .active
            if isBack { try Self.comeBack(stored.id, at: session.createdAt, in: store) }
            try SessionRows.open(session, token: token, in: store)
            return isBack
        }
        let tokens = try await opener.tokens(account: stored.id, session: session.id, refreshToken: token)
        return (stored.id, tokens, isBack)
    }

    /// Whoever logs in within the grace period does not want to be deleted any more.
    /// - Throws: `AccountsError.accountSuspended`.
    private static func comeBack(_ id: ID<Account>, at now: Int64, in store: any SQLWriter) throws {
        guard try DeletionRows.cancel(id, in: store), var row = try AccountRow.find(id, store) else {
            throw AccountsError.accountSuspended
        }
        row.state = .active
        try row.save(.accountReinstated, at: now, in: store)
    }

    /// Exchanges a refresh token for new tokens. It works once, and for moments after: tabs that share it refresh at the same
    /// time. One that comes later ends its session, because somebody else holds it too.
    /// - Throws: `AccountsError`: `refreshTokenInvalid`, `refreshTokenReused`, `accountSuspended`, `accountLeaving`.
    package func refresh(_ text: String) async throws -> (account: ID<Account>, tokens: TokenPair) {
        guard let token = RefreshToken(text) else { throw AccountsError.refreshTokenInvalid }
        let successor = RefreshToken.generated()
        let now = clock.now()
        let expiresAt = opener.expiry(from: now)
        let (presented, refusal) = try await database.write { store in
            let presented = try SessionRows.presented(token, store)
            let refusal = try Self.refusal(of: presented, at: now, store)
            if let presented, refusal == nil {
                try SessionRows.rotate(
                    token, to: successor, session: presented.sessionID, at: now, expiresAt: expiresAt, in: store)
            } else if let presented, refusal == .refreshTokenReused {
                try SessionRows.revoke(presented.sessionID, at: now, in: store)
            }
            return (presented, refusal)
        }
        if let presented, refusal == .refreshTokenReused {
            logger.warning("refresh token reused", metadata: ["session": "\(presented.sessionID)"])
        }
        guard let presented, refusal == nil else { throw refusal ?? .refreshTokenInvalid }
        let tokens = try await opener.tokens(
            account: presented.accountID, session: presented.sessionID, refreshToken: successor)
        return (presented.accountID, tokens)
    }

    /// Ends the session of an access token, and with it every token of the session.
    package func logout(_ principal: Principal) async throws {
        let now = clock.now()
        try await database.write { try SessionRows.revoke(principal.sessionID, at: now, in: $0) }
    }

    /// Each answer to a used token is one more token of the session, so there are not many.
    private static func isReused(
        _ presented: SessionRows.Presented, at now: Int64, _ store: any SQLReader
    ) throws -> Bool {
        guard let usedAt = presented.usedAt else { return false }
        guard now - usedAt <= Limits.refreshTokenReuse.milliseconds else { return true }
        return try SessionRows.given(presented.sessionID, from: usedAt, store) >= Limits.refreshTokenAnswersMax
    }

    private static func refusal(
        of presented: SessionRows.Presented?, at now: Int64, _ store: any SQLReader
    ) throws -> AccountsError? {
        guard let presented else { return .refreshTokenInvalid }
        if try isReused(presented, at: now, store) { return .refreshTokenReused }
        if presented.accountState == .suspended {
            return try DeletionRows.mayComeBack(presented.accountID, store) ? .accountLeaving : .accountSuspended
        }
        let isGood = presented.isSessionActive && presented.expiresAt > now && presented.accountState == .active
        return isGood ? nil : .refreshTokenInvalid
    }
}
