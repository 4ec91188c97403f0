import Accounts
import Core
import EventLog
import Posts
import SQL

extension EngagementSchema {
    /// - Parameter clock: for the events that tell of reactions taken back.
    package static func erasure(_ dialect: Dialect, _ clock: WallClock) -> [ErasureStep] {
        [
            reactions(PostLayout(dialect), clock), .rows("viewer_marks", key: "post_id"),
            .rows("bookmarks", key: "post_id"), .rows("post_feedback", key: "post_id"), .rows("markers", key: "list"),
        ]
    }

    private struct Mark {
        let post: ID<Post>
        let author: Int64
        let position: Int64
        let reaction: Reaction?
    }

    private static func reactions(_ layout: PostLayout, _ clock: WallClock) -> ErasureStep {
        ErasureStep([
            ErasedTable("reactions", where: "actor_id = $1"), ErasedTable("viewer_marks"),
        ]) { account, limit, store in
            let marks = try store.query(
                """
                SELECT m.post_id, m.flags, p.author_id, p.position FROM viewer_marks m
                \(layout.joinPost(where: "id", is: "m.post_id")) WHERE m.account_id = $1 ORDER BY m.post_id LIMIT $2
                """, [.integer(account.rawValue), .integer(Int64(limit))]
            ) { row in
                Mark(
                    post: row.id(0), author: row.int64(2), position: row.int64(3),
                    reaction: ViewerFlags(rawValue: row.int64(1)).reaction)
            }
            guard !marks.isEmpty else { return [:] }
            var reactions = 0
            for mark in marks { reactions += try takeBack(mark, of: account, now: clock.now(), store) }
            let count = try store.execute(
                "DELETE FROM viewer_marks WHERE account_id = $1 AND post_id IN (SELECT value FROM list($2))",
                [.integer(account.rawValue), .list(marks.map(\.post.rawValue))])
            return ["reactions": reactions, "viewer_marks": count]
        }
    }

    private static func takeBack(
        _ mark: Mark, of account: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws -> Int {
        guard let reaction = mark.reaction else { return 0 }
        let count = try store.execute(
            "DELETE FROM reactions WHERE bucket = $1 AND post_id = $2 AND actor_id = $3",
            [.integer(Int64(mark.post.bucket)), .integer(mark.post.rawValue), .integer(account.rawValue)])
        guard count == 1 else { return 0 }
        try Outbox.append(
            Event(
                .unreacted, key: account.rawValue, subject: mark.post.rawValue, object: mark.author,
                position: mark.position, flags: ReactionFlags(now: nil, before: reaction).rawValue, occurredAt: now),
            in: store)
        return count
    }
}
