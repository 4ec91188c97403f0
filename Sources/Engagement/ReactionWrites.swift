import Accounts
import Core
import Posts
import SQL

/// Statements that change reactions. Each says what it expects to find, so that counters can rest on the events.
enum ReactionWrites {
    /// The store has another reaction than was believed.
    struct Stale: Error {}

    static func insert(
        _ reaction: Reaction, to post: Post, by actor: ID<Account>, row: ID<ReactionRow>
    ) -> Statement {
        Statement(
            """
            INSERT INTO reactions (bucket, post_id, actor_id, kind, reaction_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (bucket, post_id, actor_id) DO NOTHING
            """, key(post, actor) + [.integer(reaction.rawValue), .integer(row.rawValue)],
            expecting: .rows(1, otherwise: Stale()))
    }

    static func replace(
        _ before: Reaction?, with reaction: Reaction, on post: Post, by actor: ID<Account>
    ) -> Statement {
        Statement(
            "UPDATE reactions SET kind = $4 WHERE bucket = $1 AND post_id = $2 AND actor_id = $3 AND kind = $5",
            key(post, actor) + [.integer(reaction.rawValue), .integer(before?.rawValue)],
            expecting: .rows(1, otherwise: Stale()))
    }

    static func delete(_ before: Reaction, of post: Post, by actor: ID<Account>) -> Statement {
        Statement(
            "DELETE FROM reactions WHERE bucket = $1 AND post_id = $2 AND actor_id = $3 AND kind = $4",
            key(post, actor) + [.integer(before.rawValue)], expecting: .rows(1, otherwise: Stale()))
    }

    private static func key(_ post: Post, _ actor: ID<Account>) -> [SQLValue] {
        [.integer(Int64(post.id.bucket)), .integer(post.id.rawValue), .integer(actor.rawValue)]
    }
}

/// Reads of reactions.
enum ReactionQueries {
    struct Row: Sendable {
        let row: Int64
        let reaction: Reaction
        let actor: ID<Account>
    }

    static func page(
        _ post: ID<Post>, only: Reaction?, before: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [Row] {
        try store.query(
            """
            SELECT reaction_id, kind, actor_id FROM reactions
            WHERE bucket = $1 AND post_id = $2 AND reaction_id < $3 AND (kind = $4 OR $4 = 0)
            ORDER BY reaction_id DESC LIMIT $5
            """,
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(before),
                .integer(only?.rawValue ?? 0), .integer(Int64(limit)),
            ]
        ) { Row(row: $0.int64(0), reaction: Reaction(rawValue: $0.int64(1)) ?? .like, actor: $0.id(2)) }
    }

    static func counts(_ post: ID<Post>, _ store: any SQLReader) throws -> [Reaction: Int64] {
        let rows = try store.query(
            "SELECT kind, count FROM reaction_counters WHERE bucket = $1 AND post_id = $2 AND count > 0",
            [.integer(Int64(post.bucket)), .integer(post.rawValue)]
        ) { (Reaction(rawValue: $0.int64(0)) ?? .like, $0.int64(1)) }
        return Dictionary(rows) { $0 + $1 }
    }
}
