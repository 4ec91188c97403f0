import Accounts
import Core
import EventLog
import SQL
import Testing

@Suite("Accounts")
struct AccountServiceTests {
    @Test("registering leaves an account, its counters, a session and an event")
    func register() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice").account
            #expect(alice.displayName == "alice")
            #expect(alice.id.bucket == Bucket.of("alice"))
            let stored = try #require(try await community.directory.account(alice.id))
            #expect(stored.username == "alice")
            #expect(stored.isActive)
            #expect(try await community.integer("SELECT count(*) FROM account_counters") == 1)
            #expect(try await community.integer("SELECT last_active_at FROM users") == community.clock.wall.now())
            #expect(try await community.eventKinds() == [.accountRegistered])
            #expect(try await community.accounts.email(of: alice.id) == "alice@example.org")
        }
    }

    @Test("a username and an e-mail address are given once, in any case")
    func taken() async throws {
        try await Community.run { community in
            try await community.register("alice")
            await #expect(throws: AccountsError.usernameTaken) {
                try await community.accounts.register(community.registration("ALICE", email: "other@example.org"))
            }
            await #expect(throws: AccountsError.emailTaken) {
                try await community.accounts.register(community.registration("bob", email: "ALICE@example.org"))
            }
            #expect(try await community.integer("SELECT count(*) FROM users") == 1)
        }
    }

    @Test("of many who race for one username, one gets it; for one address too", arguments: [true, false])
    func registrationRace(sameName: Bool) async throws {
        try await Community.run { community in
            let registrations = try (0..<8).map { index in
                try community.registration(
                    sameName ? "alice" : "alice\(index)",
                    email: sameName ? "alice\(index)@example.org" : "alice@example.org")
            }
            let outcomes = await outcomes(of: registrations, in: community)
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == (sameName ? .usernameTaken : .emailTaken) }.count == 7)
            #expect(try await community.integer("SELECT count(*) FROM users") == 1)
            #expect(try await community.integer("SELECT count(*) FROM sessions") == 1)
            #expect(try await community.eventKinds() == [.accountRegistered])
        }
    }

    /// Nil for each that succeeded.
    private func outcomes(
        of registrations: [AccountService.Registration], in community: Community
    ) async -> [AccountsError?] {
        await withTaskGroup(of: AccountsError?.self) { group in
            for registration in registrations {
                group.addTask {
                    do {
                        _ = try await community.accounts.register(registration)
                        return nil
                    } catch {
                        return error as? AccountsError ?? .notFound
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("an update changes what it mentions and clears what it clears")
    func update() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            let principal = try await community.authenticator.authenticate(alice.tokens.accessToken)
            var changes = ProfileChanges()
            changes.displayName = .set(try DisplayName("Alice A."))
            changes.bio = .set(try Biography("Hello"))
            changes.avatarURL = .set(try AvatarURL("https://example.org/a.png"))
            try await community.accounts.update(principal, changes)
            var stored = try #require(try await community.directory.account(alice.account.id))
            #expect(stored.displayName == "Alice A.")
            #expect(stored.bio == "Hello")
            #expect(stored.avatarURL == "https://example.org/a.png")

            changes = ProfileChanges()
            changes.displayName = .clear
            changes.avatarURL = .clear
            try await community.accounts.update(principal, changes)
            stored = try #require(try await community.directory.account(alice.account.id))
            #expect(stored.displayName == "alice")
            #expect(stored.bio == "Hello")
            #expect(stored.avatarURL == nil)

            try await community.accounts.update(principal, ProfileChanges())
            #expect(try await community.eventKinds() == [.accountRegistered, .accountUpdated, .accountUpdated])
        }
    }

    @Test("privacy is told in the event, and to the observers on the way to public only")
    func privacy() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            let principal = try await community.authenticator.authenticate(alice.tokens.accessToken)
            for isPrivate in [true, true, false, false] {
                var changes = ProfileChanges()
                changes.isPrivate = isPrivate
                try await community.accounts.update(principal, changes)
            }
            #expect(community.privacy.accounts == [alice.account.id])
            let flags = try await community.database.read { store in
                try Outbox.events(after: 1, topics: [.accounts], limit: 10, store).map(\.flags)
            }
            #expect(flags == [AccountUpdateFlags.becamePrivate.rawValue, AccountUpdateFlags.becamePublic.rawValue])
        }
    }

    @Test("a new password ends every other session at once")
    func changePassword() async throws {
        try await Community.run { community in
            let here = try await community.register("alice").tokens
            let there = try await community.sessions.login(name: "alice", password: Community.password).tokens
            #expect(try await community.accepts(there.accessToken))
            let principal = try await community.authenticator.authenticate(here.accessToken)
            var changes = ProfileChanges()
            changes.password = try Password("another horse")
            for (current, refusal) in [
                (nil, nil), ("wrong horse", AccountsError.wrongCredentials), ("", .wrongCredentials),
            ] {
                changes.currentPassword = current
                let error = await #expect(throws: AccountsError.self) {
                    try await community.accounts.update(principal, changes)
                }
                if let refusal { #expect(error == refusal) }
            }
            #expect(try await community.accepts(there.accessToken))
            changes.currentPassword = Community.password
            try await community.accounts.update(principal, changes)
            #expect(community.authenticator.cached(there.accessToken) == nil)
            #expect(try await !community.accepts(there.accessToken))
            #expect(try await community.accepts(here.accessToken))
            await #expect(throws: AccountsError.refreshTokenInvalid) {
                try await community.sessions.refresh(there.refreshToken)
            }
            await #expect(throws: AccountsError.wrongCredentials) {
                try await community.sessions.login(name: "alice", password: Community.password)
            }
            _ = try await community.sessions.login(name: "alice", password: "another horse")
        }
    }

    @Test("an e-mail address changes with the password, to one that is free")
    func changeEmail() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            try await community.register("bob")
            let principal = try await community.authenticator.authenticate(alice.tokens.accessToken)
            var changes = ProfileChanges()
            changes.currentPassword = Community.password
            changes.email = try EmailAddress("BOB@example.org")
            await #expect(throws: AccountsError.emailTaken) {
                try await community.accounts.update(principal, changes)
            }
            changes.email = try EmailAddress("Alice@new.example")
            try await community.accounts.update(principal, changes)
            #expect(try await community.accounts.email(of: alice.account.id) == "Alice@new.example")
            _ = try await community.sessions.login(name: "alice@NEW.example", password: Community.password)
        }
    }

    @Test("deletion erases the person, ends the sessions and keeps the name")
    func delete() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            #expect(try await community.accepts(alice.tokens.accessToken))
            try await community.accounts.delete(alice.account.id)
            #expect(community.authenticator.cached(alice.tokens.accessToken) == nil)
            #expect(try await !community.accepts(alice.tokens.accessToken))
            #expect(try await community.directory.account(alice.account.id)?.state == .deleted)
            #expect(
                try await community.integer(
                    """
                    SELECT count(*) FROM users WHERE email IS NULL AND email_key IS NULL AND password_hash IS NULL
                        AND display_name = '' AND bio = '' AND avatar_url IS NULL
                    """) == 1)
            await #expect(throws: AccountsError.usernameTaken) {
                try await community.accounts.register(community.registration("alice", email: "new@example.org"))
            }
            await #expect(throws: AccountsError.wrongCredentials) {
                try await community.sessions.login(name: "alice", password: Community.password)
            }
            await #expect(throws: AccountsError.notFound) { try await community.accounts.delete(alice.account.id) }
            _ = try await community.accounts.register(community.registration("alice2", email: "alice@example.org"))
            #expect(try await community.eventKinds() == [.accountRegistered, .accountDeleted, .accountRegistered])
        }
    }

    @Test("a suspension is effective at once, until the account is reinstated")
    func suspend() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            #expect(try await community.accepts(alice.tokens.accessToken))
            try await community.accounts.suspend(alice.account.id)
            try await community.accounts.suspend(alice.account.id)
            #expect(community.authenticator.cached(alice.tokens.accessToken) == nil)
            #expect(try await !community.accepts(alice.tokens.accessToken))
            await #expect(throws: AccountsError.accountSuspended) {
                try await community.sessions.login(name: "alice", password: Community.password)
            }
            await #expect(throws: AccountsError.wrongCredentials) {
                try await community.sessions.login(name: "alice", password: "wrong horse")
            }
            await #expect(throws: AccountsError.accountSuspended) {
                try await community.sessions.refresh(alice.tokens.refreshToken)
            }
            try await community.accounts.reinstate(alice.account.id)
            #expect(try await !community.accepts(alice.tokens.accessToken))
            let login = try await community.sessions.login(name: "alice", password: Community.password)
            #expect(try await community.accepts(login.tokens.accessToken))
            #expect(try await community.eventKinds() == [.accountRegistered, .accountSuspended, .accountReinstated])
            await #expect(throws: AccountsError.notFound) { try await community.accounts.suspend(ID(1)) }
        }
    }
}
