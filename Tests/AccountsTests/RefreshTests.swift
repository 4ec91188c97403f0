import Accounts
import Core
import SQL
import Testing

@Suite("Refresh tokens that come again")
struct RefreshTests {
    @Test("one that comes long after its exchange ends the whole family")
    func reuse() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            let other = try await community.sessions.login(name: "alice", password: Community.password).tokens
            let second = try await community.sessions.refresh(first.refreshToken).tokens
            #expect(try await community.accepts(second.accessToken))
            community.clock.advance(by: Limits.refreshTokenReuse + .seconds(1))
            await #expect(throws: AccountsError.refreshTokenReused) {
                try await community.sessions.refresh(first.refreshToken)
            }
            #expect(try await !community.accepts(second.accessToken))
            await #expect(throws: AccountsError.refreshTokenInvalid) {
                try await community.sessions.refresh(second.refreshToken)
            }
            #expect(try await community.accepts(other.accessToken))
        }
    }

    @Test("of many who present one refresh token at once all go on with tokens of their own, in one session")
    func atOnce() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            let answers = try await withThrowingTaskGroup(of: TokenPair.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await community.sessions.refresh(first.refreshToken).tokens }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.refreshToken) + [first.refreshToken]).count == 6)
            #expect(try await community.integer("SELECT count(*) FROM sessions") == 1)
            for answer in answers {
                #expect(try await community.accepts(answer.accessToken))
                _ = try await community.sessions.refresh(answer.refreshToken)
            }
            // Whoever stole the first one and waited is noticed, and all of them end.
            community.clock.advance(by: Limits.refreshTokenReuse + .seconds(1))
            await #expect(throws: AccountsError.refreshTokenReused) {
                try await community.sessions.refresh(first.refreshToken)
            }
            for answer in answers { #expect(try await !community.accepts(answer.accessToken)) }
        }
    }

    @Test(
        "ending all others ends the session that asks, where somebody else may hold a token of it",
        arguments: [false, true])
    func divided(_ isDivided: Bool) async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            let mine = try await community.sessions.refresh(first.refreshToken).tokens
            let others = isDivided ? try await community.sessions.refresh(first.refreshToken).tokens : nil
            let principal = try await community.authenticator.authenticate(mine.accessToken)
            try await community.sessions.endOthers(than: principal)
            #expect(try await community.accepts(mine.accessToken) == !isDivided)
            if let others { #expect(try await !community.accepts(others.accessToken)) }
            // The one that both came of is answered no more.
            await #expect(throws: AccountsError.refreshTokenReused) {
                try await community.sessions.refresh(first.refreshToken)
            }
        }
    }

    @Test("the time counts from the first exchange, however often it comes meanwhile")
    func window() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            for _ in 0..<3 {
                _ = try await community.sessions.refresh(first.refreshToken)
                community.clock.advance(by: .seconds(4))
            }
            await #expect(throws: AccountsError.refreshTokenReused) {
                try await community.sessions.refresh(first.refreshToken)
            }
        }
    }

    @Test("a session that was ended answers nothing again")
    func ended() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            let second = try await community.sessions.refresh(first.refreshToken).tokens
            try await community.sessions.logout(community.authenticator.authenticate(second.accessToken))
            await #expect(throws: AccountsError.refreshTokenInvalid) {
                try await community.sessions.refresh(first.refreshToken)
            }
        }
    }

    @Test("no flood of tokens comes of one")
    func bound() async throws {
        try await Community.run { community in
            let first = try await community.register("alice").tokens
            community.clock.advance(by: .seconds(1))
            for _ in 0..<Limits.refreshTokenAnswersMax {
                _ = try await community.sessions.refresh(first.refreshToken)
            }
            await #expect(throws: AccountsError.refreshTokenReused) {
                try await community.sessions.refresh(first.refreshToken)
            }
            let live = try await community.integer("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")
            #expect(live == 0)
        }
    }
}
