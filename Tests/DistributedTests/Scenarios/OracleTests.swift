import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite struct OracleTests {}
}

/// Whoever judges the others must be able to say no.
extension Survival.OracleTests {
    @Test("the oracle and the watchdog notice what is not as it was acknowledged")
    func notices() async throws {
        let store = try PostgreSQLServer()
        let redis = try await RedisServer()
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
        let town = try await Town(6, in: cluster)
        try await Scenario(cluster: cluster, town: town, ends: false).run { try await Task.sleep(for: .seconds(6)) }
        let truth = town.acknowledged
        let shown = try #require(town.people.first { !truth.home(of: $0.number).isEmpty })
        let post = try #require(truth.home(of: shown.number).first)
        let pair = try #require(Self.plainPair(truth, people: town.people.count))

        let lies: [(what: String, change: (inout Ledger) -> Void)] = [
            ("a post that is not there", { $0.posts[1] = Ledger.Post(id: 1, author: 0, isForFollowers: false) }),
            ("a post that nobody wrote", { $0.posts[post] = nil }),
            ("a post that was deleted", { $0.posts[post]?.isDeleted = true }),
            ("a follow told wrongly", { $0.follows.formSymmetricDifference([pair]) }),
            ("a mute told wrongly", { $0.mutes.formSymmetricDifference([pair]) }),
            ("a block that is none", { $0.block(pair) }),
        ]
        for lie in lies {
            town.note(lie.change)
            var verdict = Verdict(town)
            #expect(try await !verdict.wrongs(within: .zero).isEmpty, "\(lie.what) was not noticed")
            town.note { $0 = truth }
        }

        var watchdog = Watchdog(town)
        await watchdog.expectGone(post, for: shown)
        #expect(town.findings.wrongs.count == 2 * town.ports.count)
        let author = try #require(truth.posts[post].map { town.people[$0.author] })
        await watchdog.expectNothing(of: author, for: shown)
        #expect(town.findings.wrongs.count == 3 * town.ports.count)
        await watchdog.close()
        #expect(try await cluster.end().isEmpty)
    }

    /// Two with no block between them, about whom every request was answered.
    private static func plainPair(_ ledger: Ledger, people: Int) -> Ledger.Pair? {
        let pairs = (0..<people).flatMap { one in (0..<people).map { Ledger.Pair(one: one, other: $0) } }
        return pairs.first { $0.one != $0.other && !ledger.isApart($0) && !ledger.uncertain.contains($0) }
    }
}
