import Core
import JWTKit
import KeyValue
import SQL
import Synchronization
import Telemetry

/// Issues and verifies access tokens: JSON Web Tokens under one algorithm, with keys kept in the store.
///
/// Verified tokens are remembered until they end, because verification costs 23 µs and a lookup a fraction of one.
package final class TokenAuthority: Sendable {
    struct Keys {
        var ring: KeyRing
        var readsBegun: UInt64 = 0
        /// The newest read whose answer is in `ring`.
        var readApplied: UInt64 = 0
        /// When an unknown key last made the store be asked, in milliseconds since 1970.
        var askedAt: Int64 = 0
        /// The keys in the store changed after the newest read began.
        var isStale = false
    }

    /// A client's clock or another process's may be ahead by this much, in seconds.
    private static let clockSkewMax: Int64 = 60
    private static let unknownKeyPause: Int64 = 1_000

    let database: any Database
    let settings: AccountsSettings
    let clock: WallClock
    let logger: Logger
    let keysChanged: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let keys: Mutex<Keys>
    private let keysGone = Atomic<Int>(0)
    private let verified: CoherentCache<String, Principal>

    private init(database: any Database, settings: AccountsSettings, clock: WallClock, ring: KeyRing, logger: Logger) {
        self.database = database
        self.settings = settings
        self.clock = clock
        self.logger = logger
        keys = Mutex(Keys(ring: ring))
        verified = CoherentCache(
            name: "access_tokens", costMax: Limits.verifiedTokensMax, lease: database.cacheLease)
        (keysChanged, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads the keys, generating the first one where there is none, and observes the database from then on.
    package static func opened(
        on database: any Database, settings: AccountsSettings, clock: WallClock, logger: Logger
    ) async throws -> TokenAuthority {
        let candidate = SigningKey.generated(at: clock.now())
        let stored = try await database.write { store in
            let stored = try SigningKey.all(store)
            guard stored.allSatisfy({ $0.retiredAt != nil }) else { return stored }
            try candidate.insert(in: store)
            store.announce(.signingKeys)
            return [candidate] + stored
        }
        let authority = TokenAuthority(
            database: database, settings: settings, clock: clock, ring: await KeyRing(stored), logger: logger)
        database.observe(authority)
        // A rotation between the read above and the registration would go unseen.
        try await authority.reloadKeys()
        return authority
    }

    /// A signed token.
    /// - Parameter lifetime: the usual one where nil.
    package func issue(
        account: ID<Account>, session: Int64, lifetime: Duration? = nil
    ) async throws -> (token: String, expiresIn: Duration) {
        let ring = keys.withLock { $0.ring }
        guard let keyID = ring.signingID else { throw SQLError(.unavailable, "there is no signing key") }
        let lifetime = lifetime ?? settings.accessTokenLifetime
        let now = clock.now() / 1000
        let claims = AccessClaims(
            iss: settings.issuer, aud: settings.audience, sub: account.description, sid: String(session), iat: now,
            exp: now + lifetime.components.seconds)
        let header: JWTHeader = ["typ": .string(AccessTokenHeader.type)]
        let token = try await ring.keys.sign(claims, kid: JWKIdentifier(string: keyID), header: header)
        return (token, lifetime)
    }

    /// Grows when a key goes.
    package var epoch: Int { keysGone.load(ordering: .sequentiallyConsistent) }

    /// Who an access token speaks for, if it was verified before and has not expired; never blocks.
    package func known(_ token: String) -> Principal? {
        // Strings are equal when they look equal; tokens must be equal byte by byte, which for ASCII is the same.
        guard token.utf8.count <= Limits.accessTokenBytesMax, !token.utf8.hasByte(where: { $0 >= 0x80 }),
            let principal = verified.get(token), principal.expiresAt > clock.now()
        else { return nil }
        return principal
    }

    /// Who an access token speaks for. Whether its session goes on is another question.
    /// - Throws: `AccountsError.unauthenticated`.
    package func verify(_ token: String) async throws -> Principal {
        if let principal = known(token) { return principal }
        let header = try AccessTokenHeader(ofToken: token)
        let principals = try await verified.load([token]) { _ in [token: try await self.verify(token, header)] }
        guard let principal = principals[token], principal.expiresAt > clock.now() else {
            throw AccountsError.unauthenticated(.expired)
        }
        return principal
    }

    private func verify(_ token: String, _ header: AccessTokenHeader) async throws -> Principal {
        let ring = try await ring(knowing: header.keyID)
        let claims: AccessClaims
        do {
            claims = try await ring.keys.verify(token, as: AccessClaims.self)
        } catch is JWTError {
            throw AccountsError.unauthenticated(.wrongSignature)
        }
        return try principal(of: claims)
    }

    private func principal(of claims: AccessClaims) throws(AccountsError) -> Principal {
        let now = clock.now() / 1000
        guard claims.iss == settings.issuer, claims.aud == settings.audience,
            let account = ID<Account>(claims.sub), let session = ID<Principal>(claims.sid)
        else { throw .unauthenticated(.wrongClaims) }
        guard claims.iat <= now + Self.clockSkewMax else { throw .unauthenticated(.notYetValid) }
        guard claims.exp > now, claims.exp <= Int64.max / 1000 else { throw .unauthenticated(.expired) }
        return Principal(accountID: account, sessionID: session.rawValue, expiresAt: claims.exp * 1000)
    }

    /// Another process may have begun to sign with a key that this one has not read yet, or removed one.
    private func ring(knowing keyID: String) async throws -> KeyRing {
        if !database.cacheLease.isValid || keys.withLock({ $0.isStale }) { try await reloadKeys() }
        let now = clock.now()
        let (ring, mayAsk) = keys.withLock { keys in
            let mayAsk = !keys.ring.ids.contains(keyID) && abs(now - keys.askedAt) >= Self.unknownKeyPause
            if mayAsk { keys.askedAt = now }
            return (keys.ring, mayAsk)
        }
        if ring.ids.contains(keyID) { return ring }
        if mayAsk {
            try await reloadKeys()
            let fresh = keys.withLock { $0.ring }
            if fresh.ids.contains(keyID) { return fresh }
        }
        throw AccountsError.unauthenticated(.unknownKey)
    }

    func reloadKeys() async throws {
        let read = keys.withLock { keys in
            keys.readsBegun += 1
            keys.isStale = false
            return keys.readsBegun
        }
        let stored: [SigningKey]
        do { stored = try await database.read { try SigningKey.all($0) } } catch {
            keys.withLock { $0.isStale = true }
            throw error
        }
        let ring = await KeyRing(stored)
        let isKeyGone = keys.withLock { keys in
            guard read > keys.readApplied else { return false }
            let isKeyGone = !keys.ring.ids.isSubset(of: ring.ids)
            keys.readApplied = read
            keys.ring = ring
            return isKeyGone
        }
        if isKeyGone { forgetVerified() }
    }

    /// In this order: who reads the new number finds no token of the keys that went.
    private func forgetVerified() {
        verified.invalidateAll()
        keysGone.add(1, ordering: .sequentiallyConsistent)
    }
}

extension TokenAuthority: CommitObserver {
    package func committed(_ changes: [Change]) {
        guard changes.contains(.signingKeys) else { return }
        // A key may be gone: no token of before passes until the keys have been read again.
        keys.withLock { $0.isStale = true }
        forgetVerified()
        signal.yield()
    }
}
