import Accounts
import Core
import SQL
import Testing

@Suite("Sessions")
struct SessionTests {
    @Test(
        "login takes the username or the e-mail address, in any case",
        arguments: ["alice", "ALICE", "Alice@Example.ORG"])
    func login(name: String) async throws {
        try await Community.run { community in
            let alice = try await community.register("alice").account.id
            let login = try await community.sessions.login(name: name, password: Community.password)
            #expect(login.account == alice)
            #expect(try await community.accepts(login.tokens.accessToken))
        }
    }

    @Test(
        "wrong names and passwords are told apart by nobody",
        arguments: [
            ("alice", "wrong horse"), ("alice", ""), ("bob", Community.password), ("", ""), ("a@b@c", "x"),
            ("imported", ""), ("imported", Community.password), ("alice\u{0}", Community.password),
            ("alice", String(repeating: "x", count: 100_000)),
        ])
    func wrongCredentials(name: String, password: String) async throws {
        try await Community.run { community in
            try await community.register("alice")
            _ = try await community.accounts.importAccounts([ImportedAccount(username: Username("imported"))])
            await #expect(throws: AccountsError.wrongCredentials) {
                try await community.sessions.login(name: name, password: password)
            }
        }
    }

    @Test("logout is effective at once and ends the refresh token too")
    func logout() async throws {
        try await Community.run { community in
            let here = try await community.register("alice").tokens
            let there = try await community.sessions.login(name: "alice", password: Community.password).tokens
            #expect(try await community.accepts(here.accessToken))
            #expect(try await community.accepts(there.accessToken))
            try await community.sessions.logout(community.authenticator.authenticate(here.accessToken))
            #expect(community.authenticator.cached(here.accessToken) == nil)
            #expect(try await !community.accepts(here.accessToken))
            #expect(try await community.accepts(there.accessToken))
            await #expect(throws: AccountsError.refreshTokenInvalid) {
                try await community.sessions.refresh(here.refreshToken)
            }
        }
    }

    @Test("a refresh token gives new tokens of the same session")
    func refresh() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            let session = try await community.authenticator.authenticate(first.accessToken).sessionID
            community.clock.advance(by: .seconds(3600))
            let second = try await community.sessions.refresh(first.refreshToken).tokens
            #expect(try await community.authenticator.authenticate(second.accessToken).sessionID == session)
            #expect(second.refreshToken != first.refreshToken)
            #expect(second.refreshToken.hasPrefix("sr_"))
            _ = try await community.sessions.refresh(second.refreshToken)
        }
    }

    @Test(
        "what is no refresh token",
        arguments: ["", "sr_", "sr_AAAA", "x", "sr_\u{0}", String(repeating: "s", count: 9_999)])
    func noRefreshToken(text: String) async throws {
        try await Community.run { community in
            await #expect(throws: AccountsError.refreshTokenInvalid) { try await community.sessions.refresh(text) }
        }
    }

    @Test("an access token is no refresh token")
    func accessAsRefresh() async throws {
        try await Community.run { community in
            let tokens = try await community.register("alice").tokens
            await #expect(throws: AccountsError.refreshTokenInvalid) {
                try await community.sessions.refresh(tokens.accessToken)
            }
        }
    }

    @Test("a refresh token lives for 30 days, and what has expired is purged")
    func refreshExpiry() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            community.clock.advance(by: .seconds(29 * 86_400))
            let second = try await community.sessions.refresh(first.refreshToken).tokens
            community.clock.advance(by: .seconds(2 * 86_400))
            let purge = SessionPurge(
                database: community.database, authority: community.authority, clock: community.clock.wall,
                logger: Community.logger)
            try await purge.purge()
            #expect(try await community.integer("SELECT count(*) FROM refresh_tokens") == 1)
            community.clock.advance(by: .seconds(28 * 86_400))
            await #expect(throws: AccountsError.refreshTokenInvalid) {
                try await community.sessions.refresh(second.refreshToken)
            }
            try await purge.purge()
            #expect(try await community.integer("SELECT count(*) FROM refresh_tokens") == 0)
            #expect(try await community.integer("SELECT count(*) FROM sessions") == 0)
        }
    }

    @Test("past the limit the oldest session ends")
    func sessionLimit() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens.accessToken
            #expect(try await community.accepts(first))
            var last = first
            for _ in 0..<Limits.sessionsPerAccountMax {
                last = try await community.sessions.login(name: "alice", password: Community.password).tokens
                    .accessToken
            }
            #expect(try await !community.accepts(first))
            #expect(try await community.accepts(last))
            let live = try await community.integer("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")
            #expect(live == Limits.sessionsPerAccountMax)
        }
    }

    @Test("secrets are stored as hashes only")
    func storedSecrets() async throws {
        try await Community.run { community in
            let tokens = try await community.register("alice").tokens
            let stored = try await community.database.read { store in
                try store.query("SELECT token_hash FROM refresh_tokens", []) { $0.text(0) }
                    + store.query("SELECT password_hash FROM users", []) { $0.text(0) }
            }
            #expect(stored.count == 2)
            #expect(stored.first?.utf8.count == 64)
            for text in stored {
                #expect(!text.contains(tokens.refreshToken) && !text.contains(Community.password))
            }
        }
    }
}
