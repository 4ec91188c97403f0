import Accounts
import Core
import EventLog
import SQL
import Testing

@Suite("Administration")
struct AdministrationTests {
    @Test("an account made by the operator can be given a password later")
    func createAccount() async throws {
        try await Community.run { community in
            let carol = try await community.accounts.createAccount(Username("carol"))
            await #expect(throws: AccountsError.wrongCredentials) {
                try await community.sessions.login(name: "carol", password: Community.password)
            }
            let issued = try await community.accounts.issueTokens(usernames: [Username("carol")])
            let token = try #require(issued.first?.accessToken)
            let principal = try await community.authenticator.authenticate(token)
            var changes = ProfileChanges()
            changes.password = try Password(Community.password)
            changes.currentPassword = ""
            await #expect(throws: AccountsError.passwordNotSet) {
                try await community.accounts.update(principal, changes)
            }
            try await community.accounts.setPassword(Password(Community.password), of: carol.id)
            #expect(try await !community.accepts(token))
            _ = try await community.sessions.login(name: "carol", password: Community.password)
        }
    }

    @Test("issued tokens are of active accounts and last a day")
    func issueTokens() async throws {
        try await Community.run { community in
            let names = try (0..<20).map { ImportedAccount(username: try Username("u\($0)")) }
            let ids = try await community.accounts.importAccounts(names)
            try await community.accounts.suspend(try #require(ids["u3"]))
            let issued = try await community.accounts.issueTokens(count: 100)
            #expect(issued.count == 19)
            #expect(!issued.contains { $0.username == "u3" })
            community.clock.advance(by: .seconds(23 * 3600))
            for token in issued {
                #expect(
                    try await community.authenticator.authenticate(token.accessToken).accountID == ids[token.username])
            }
            community.clock.advance(by: .seconds(2 * 3600))
            #expect(try await !community.accepts(issued[0].accessToken))
        }
    }

    @Test("an import is idempotent and one event per batch")
    func importAccounts() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice").account
            let batch = try ["alice", "u1", "u2", "u2"].map {
                ImportedAccount(username: try Username($0), createdAt: 1_341_100_800_000)
            }
            let first = try await community.accounts.importAccounts(batch)
            let second = try await community.accounts.importAccounts(batch)
            #expect(first == second)
            #expect(first["alice"] == alice.id)
            #expect(first.count == 3)
            #expect(first["u1"]?.bucket == Bucket.of("u1"))
            let imported = try #require(first["u1"])
            let u1 = try #require(try await community.directory.account(imported))
            #expect(u1.createdAt == 1_341_100_800_000)
            #expect(try await community.integer("SELECT count(*) FROM account_counters") == 3)
            #expect(try await community.integer("SELECT count(*) FROM users WHERE last_active_at IS NULL") == 2)
            let events = try await community.database.read { store in
                try Outbox.events(after: 0, topics: [.accounts], limit: 10, store)
            }
            #expect(events.map(\.kind) == [.accountRegistered, .accountsImported])
            #expect(Set(events[1].list) == Set(["u1", "u2"].compactMap { first[$0]?.rawValue }))
        }
    }

    @Test("activity is written down once an hour")
    func activity() async throws {
        try await Community.run { community in
            let id = try #require(
                try await community.accounts.importAccounts([ImportedAccount(username: Username("dan"))])["dan"])
            let recorder = ActivityRecorder(
                accounts: community.accounts, clock: community.clock.wall, logger: Community.logger)
            let start = community.clock.wall.now()
            for _ in 0..<3 {
                recorder.note(id)
                try await recorder.flush()
                #expect(try await community.integer("SELECT last_active_at FROM users") == start)
                community.clock.advance(by: .seconds(1000))
            }
            community.clock.advance(by: .seconds(1000))
            recorder.note(id)
            try await recorder.flush()
            #expect(try await community.integer("SELECT last_active_at FROM users") == start + 4_000_000)
        }
    }
}
