import Core
import KeyValue
import SQL

/// Tells who an access token speaks for, as long as its session and its account go on.
package final class Authenticator: CommitObserver, Sendable {
    private let database: any Database
    private let authority: TokenAuthority
    private let directory: AccountDirectory
    private var clock: WallClock { authority.clock }
    private let sessions: CoherentCache<Int64, SessionState>

    /// Registers itself with the database.
    package init(database: any Database, authority: TokenAuthority, directory: AccountDirectory) {
        self.database = database
        self.authority = authority
        self.directory = directory
        sessions = CoherentCache(name: "sessions", costMax: Limits.sessionStatesMax, lease: database.cacheLease)
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for case .sessionRevoked(let id) in changes { sessions.invalidate(id) }
    }

    /// The answer, where all it takes is in memory; never blocks. Nil says nothing: ask `authenticate`.
    package func cached(_ token: String) -> Principal? {
        guard let principal = authority.known(token), isInForce(principal) else { return nil }
        return principal
    }

    /// Grows when a signing key goes. A token that was verified in an earlier epoch may be void.
    package var epoch: Int { authority.epoch }

    /// Whether a token that was verified in this epoch still stands, as far as memory knows; never blocks. False says
    /// nothing: ask `authenticate`.
    package func isInForce(_ principal: Principal) -> Bool {
        database.cacheLease.isValid && principal.expiresAt > clock.now()
            && sessions.peek(principal.sessionID) == .active
            && directory.cached(principal.accountID)?.standing.isActive == true
    }

    /// Who the token speaks for.
    /// - Throws: `AccountsError.unauthenticated`.
    package func authenticate(_ token: String) async throws -> Principal {
        let principal = try await authority.verify(token)
        let states = try await sessions.load([principal.sessionID]) { [database] missing in
            try await database.read { try SessionRows.states(missing, $0) }
        }
        guard states[principal.sessionID] == .active else { throw AccountsError.unauthenticated(.sessionEnded) }
        guard let account = try await directory.account(principal.accountID), account.isActive else {
            throw AccountsError.unauthenticated(.accountInactive)
        }
        return principal
    }
}
