import Accounts
import Core
import Engagement
import EventLog
import Posts
import SQL
import SocialGraph
import Timelines

extension FeatureTests {
    static func endings(_ town: Town, _ chronicle: Chronicle) async throws {
        let (bob, carol) = (chronicle.id("bob"), chronicle.id("carol"))
        try await town.accounts.touchActive([bob, carol])
        chronicle.note("tokens", try await town.accounts.issueTokens(count: 3).map(\.username))
        try await town.accounts.setPassword(Password("a new password"), of: carol)
        await chronicle.noteFailure("the old password") {
            _ = try await town.sessions.login(name: "carol", password: "a password of carol")
        }
        try await town.accounts.suspend(carol)
        try await chronicle.feed(of: "alice")
        try await town.accounts.reinstate(carol)
        try await town.accounts.delete(bob)
        try await erasure(of: carol, town, chronicle)
        for name in ["alice", "bob", "carol"] { try await chronicle.profile(name) }
        try await chronicle.feed(of: "alice", cold: true)
        try await SessionPurge(
            database: town.database, authority: town.authority, clock: town.clock, logger: Town.logger
        ).purge()
        try await town.posts.commands.purge()
        let retention = OutboxRetention(
            database: town.database, retention: .seconds(0), clock: town.clock, logger: Town.logger)
        let pruned = try await retention.prune()
        chronicle.note("pruned", pruned > 0)
        try await EventLogMeasures(database: town.database, clock: town.clock, logger: Town.logger).measure()
        let check = StoreCheck(database: town.database, eventLog: town.eventLog, feed: town.feed, home: town.home)
        let report = try await check.run(sample: 10, repair: false)
        chronicle.note("problems", report.problems)
        chronicle.note("verified", report.verified.filter { !$0.contains("feeds") })
        try await repairs(town, chronicle, check)
    }

    /// Carol leaves, comes back, leaves again and is erased.
    private static func erasure(of carol: ID<Account>, _ town: Town, _ chronicle: Chronicle) async throws {
        for _ in 0..<2 {
            let session = try await town.sessions.login(name: "carol", password: "a new password")
            let principal = try await town.authenticator.authenticate(session.tokens.accessToken)
            _ = try await town.accounts.askForDeletion(principal, password: "a new password")
            try await chronicle.profile("carol")
        }
        try await town.database.write { try $0.execute("UPDATE deletions SET due_at = 0", []) }
        let steps =
            AccountSchema.erasure + EngagementSchema.erasure(town.database.dialect, town.clock)
            + PostSchema.erasure(town.clock) + GraphSchema.erasure(town.clock)
        try await AccountErasure(database: town.database, steps: steps, clock: town.clock, logger: Town.logger)
            .eraseDue()
        let receipt = try await town.accounts.deletions(of: carol).first?.receipt ?? [:]
        chronicle.note("receipt", receipt.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
    }

    /// What is derived is made right again.
    private static func repairs(_ town: Town, _ chronicle: Chronicle, _ check: StoreCheck) async throws {
        try await town.database.write { store in
            try store.execute("DELETE FROM followers", [])
            try store.execute("UPDATE account_counters SET posts = 7", [])
            try store.execute("UPDATE post_counters SET comments = 7", [])
        }
        let broken = try await check.run(sample: 0, repair: true)
        chronicle.note("broken", broken.problems)
        chronicle.note("repaired", try await check.run(sample: 0, repair: false).problems)
        try await town.database.write { store in
            try store.execute("UPDATE account_counters SET followers = 7", [])
            try store.execute("UPDATE post_counters SET likes = 7, comments = 7, shares = 7, quotes = 7", [])
            try store.execute("UPDATE reaction_counters SET count = 7", [])
            try store.execute("UPDATE replies SET likes = 7", [])
            try store.execute("UPDATE posts SET counted = 1 - counted WHERE quote_of IS NOT NULL AND state = 3", [])
        }
        let reconciliation = CounterReconciliation(
            database: town.database, clock: town.clock, logger: Town.logger)
        chronicle.note("reconciled", try await reconciliation.round())
        chronicle.note("once more", try await reconciliation.round())
        chronicle.note("after it", try await check.run(sample: 0, repair: false).problems)
    }
}
