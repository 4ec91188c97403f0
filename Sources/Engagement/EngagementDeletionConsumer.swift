import Accounts
import Core
import EventLog
import Posts
import SQL

/// Takes back what a deleted account did with posts: its reactions, bookmarks, feedback and marks, and
/// how far it had read.
package struct EngagementDeletionConsumer: TransactionalConsumer {
    package let group = "engagement-deletion"
    package let topics: Set<Topic> = [.accounts]

    private let layout: PostLayout
    private let clock: WallClock

    package init(dialect: Dialect = .sqlite, clock: WallClock) {
        layout = PostLayout(dialect)
        self.clock = clock
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        for event in events where event.kind == .accountDeleted {
            let account = ID<Account>(event.subject)
            for (post, reaction) in try reactions(of: account, store) {
                let key: [SQLValue] = [
                    .integer(Int64(post.id.bucket)), .integer(post.id.rawValue), .integer(account.rawValue),
                ]
                try store.execute("DELETE FROM reactions WHERE bucket = $1 AND post_id = $2 AND actor_id = $3", key)
                try Outbox.append(
                    Event(
                        .unreacted, key: account.rawValue, subject: post.id.rawValue, object: post.author,
                        position: post.position, flags: ReactionFlags(now: nil, before: reaction).rawValue,
                        occurredAt: clock.now()), in: store)
            }
            for table in ["bookmarks", "post_feedback", "markers", "viewer_marks"] {
                try store.execute("DELETE FROM \(table) WHERE account_id = $1", [.integer(account.rawValue)])
            }
        }
    }

    private struct Reacted {
        let id: ID<Post>
        let author: Int64
        let position: Int64
    }

    private func reactions(
        of account: ID<Account>, _ store: any SQLWriter
    ) throws -> [(post: Reacted, reaction: Reaction)] {
        try store.query(
            """
            SELECT m.post_id, m.flags, p.author_id, p.position FROM viewer_marks m
            \(layout.joinPost(where: "id", is: "m.post_id")) WHERE m.account_id = $1 ORDER BY m.post_id
            """, [.integer(account.rawValue)]
        ) { row in
            ViewerFlags(rawValue: row.int64(1)).reaction.map {
                (Reacted(id: row.id(0), author: row.int64(2), position: row.int64(3)), $0)
            }
        }.compactMap(\.self)
    }
}
