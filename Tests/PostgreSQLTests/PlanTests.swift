import SQL
import Testing

@Suite("Plans on PostgreSQL")
struct PlanTests {
    private static let bigTables: Set = [
        "posts", "post_counters", "reposts", "post_shares", "quotes", "replies", "following", "followers", "outbox",
        "viewer_marks",
        "reactions", "reaction_counters", "bookmarks", "post_feedback", "mentions", "post_tags", "tag_follows",
        "notifications", "notification_groups", "list_members",
        "polls", "poll_votes", "poll_counters", "planned_posts",
        "post_views", "post_stats",
    ]

    @Test(
        "a hot query reads the partitions it names, by an index", arguments: HotQuery.all,
        ["force_generic_plan", "force_custom_plan"])
    func partitions(_ query: HotQuery, mode: String) throws {
        let store = try PlanStore.shared.get()
        let recorder = StatementRecorder()
        try query.ask(recorder)
        let plans = try recorder.statements.map { try store.plan(of: $0, mode: mode, isWrite: query.isWrite) }
        #expect(!plans.isEmpty)
        for plan in plans { #expect(plan.scannedWhole(of: Self.bigTables).isEmpty, "\(plan.text)") }
        for (table, rows) in query.rows {
            let read = plans.reduce(into: Set()) { $0.formUnion($1.partitionsRead(of: table)) }
            let wanted = try store.partitions(of: table, where: rows)
            #expect(read == wanted, "\(plans.map(\.text).joined(separator: "\n"))")
        }
    }
}
