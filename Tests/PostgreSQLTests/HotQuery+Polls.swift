import Core
import SQL

@testable import Posts

extension HotQuery {
    private static let asked = [PlanStore.post(10, of: 11), PlanStore.post(20, of: 30)]
    private static let these = "post_id IN (\(asked.map(\.description).joined(separator: ", ")))"
    private static let first = "post_id = \(asked[0])"

    static let planned = [
        HotQuery("scheduled posts that are due", rows: [:]) {
            let due = PlannedRows.due(now: 5)
            _ = try $0.query(due.sql, due.arguments) { $0.int64(0) }
        },
        HotQuery("drafts of an account", rows: ["planned_posts": "account_id = \(PlanStore.author(11))"]) {
            _ = try PlannedRows.page(of: PlanStore.author(11), .draft, before: .max, limit: 20, $0)
        },
    ]

    static let views = [
        HotQuery("noting what was seen", rows: [:], isWrite: true) {
            _ = try ViewRows.add(asked, by: PlanStore.author(500), now: 0, $0)
        },
        HotQuery("statistics of a post", rows: ["post_stats": first]) {
            _ = try ViewRows.days(of: asked[0], limit: 90, $0)
            _ = try ViewRows.totals(of: asked[0], $0)
        },
        HotQuery("views that are to be forgotten", rows: [:], isWrite: true) {
            try $0.execute("DELETE FROM post_views WHERE seen_at < $1", [.integer(0)])
        },
    ]

    static let polls = [
        HotQuery("polls of posts", rows: ["polls": these, "poll_counters": these]) {
            _ = try PollRows.polls(of: asked, dialect: .postgreSQL, $0)
        },
        HotQuery("voting", rows: ["polls": first], isWrite: true) {
            let vote = PollRows.vote(
                PollChoices(rawValue: 1), in: asked[0], by: PlanStore.author(500), now: 0,
                otherwise: PostsError.pollClosed)
            _ = try $0.execute(vote.sql, vote.arguments)
        },
        HotQuery("polls that are to be closed", rows: [:]) {
            let due = PollClosing.due(now: 5)
            _ = try $0.query(due.sql, due.arguments) { $0.int64(0) }
        },
        HotQuery("the votes of an account", rows: [:], isWrite: true) {
            _ = try PollRows.withdrawVotes(of: PlanStore.author(12), limit: 20, now: 0, $0)
        },
    ]
}
