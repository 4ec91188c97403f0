import Accounts
import Core
import EventLog
import SQL
import SocialGraph

/// Takes down what a deleted account leaves: its posts become tombstones, its reposts, votes, follows, requests, blocks and mutes go.
/// It is hidden from the moment of deletion; this removes it.
package struct DeletedAccountsConsumer: TransactionalConsumer {
    package let group = "deleted-accounts"
    package let topics: Set<Topic> = [.accounts]
    private let clock: WallClock

    package init(clock: WallClock) {
        self.clock = clock
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        for event in events where event.kind == .accountDeleted {
            let account = ID<Account>(event.subject)
            try deletePosts(of: account, store)
            _ = try MentionRows.delete(naming: account, limit: .max, store)
            try deleteReposts(of: account, store)
            for table in ["tag_follows", "planned_posts", "post_views"] {
                try store.execute("DELETE FROM \(table) WHERE account_id = $1", [.integer(account.rawValue)])
            }
            _ = try PollRows.withdrawVotes(of: account, limit: .max, now: clock.now(), store)
            try GraphDeletion.removeEverything(of: account, now: clock.now(), store)
        }
    }

    private func deleteReposts(of account: ID<Account>, _ store: any SQLWriter) throws {
        let shared = try store.query(
            "SELECT post_id FROM reposts WHERE sharer_id = $1 AND bucket = $2 ORDER BY position",
            [.integer(account.rawValue), .integer(Int64(account.bucket))]
        ) { $0.id(0, Post.self) }
        for post in shared {
            guard let share = try ShareWrites.stored(post, by: account, store) else { continue }
            try ShareWrites.delete(share, of: post, by: account, now: clock.now(), store)
        }
    }

    private func deletePosts(of account: ID<Account>, _ store: any SQLWriter) throws {
        let ids = try store.query(
            "SELECT id FROM posts WHERE author_id = $1 AND bucket = $2 AND state IN (3, 4)",
            [.integer(account.rawValue), .integer(Int64(account.bucket))]
        ) { $0.id(0, Post.self) }
        for id in ids {
            guard let post = try PostService.ownPost(id, account, orRemoved: true, store) else { continue }
            try PostDeletion.delete(id, author: account, post, now: clock.now(), store)
        }
    }
}
