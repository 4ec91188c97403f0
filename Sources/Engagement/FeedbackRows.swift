import Accounts
import Core
import Posts
import SQL

/// Marks the ids of feedback, which order it.
enum FeedbackRow {}

/// Reads and changes of feedback. The row comes first: whoever changes the marks holds its lock, so that the two agree.
enum FeedbackRows {
    static func set(
        _ feedback: Feedback, on post: ID<Post>, by viewer: ID<Account>, row: ID<FeedbackRow>, _ store: any SQLWriter
    ) throws {
        try store.execute(
            """
            INSERT INTO post_feedback (account_id, post_id, kind, feedback_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account_id, post_id) DO UPDATE SET kind = excluded.kind, feedback_id = excluded.feedback_id
            """,
            [
                .integer(viewer.rawValue), .integer(post.rawValue), .integer(feedback.rawValue),
                .integer(row.rawValue),
            ])
        try mark(ViewerFlags(feedback: feedback).rawValue, post, viewer, store)
    }

    /// Where nothing was said of the post, nothing changes.
    static func remove(_ post: ID<Post>, by viewer: ID<Account>, _ store: any SQLWriter) throws {
        let key: [SQLValue] = [.integer(viewer.rawValue), .integer(post.rawValue)]
        let removed = try store.execute("DELETE FROM post_feedback WHERE account_id = $1 AND post_id = $2", key)
        guard removed > 0 else { return }
        try mark(0, post, viewer, store)
    }

    static func count(of viewer: ID<Account>, _ store: any SQLReader) throws -> Int64 {
        try store.integer("SELECT count(*) FROM post_feedback WHERE account_id = $1", [.integer(viewer.rawValue)])
    }

    static func oldest(of viewer: ID<Account>, _ store: any SQLReader) throws -> ID<Post>? {
        try store.first(
            "SELECT post_id FROM post_feedback WHERE account_id = $1 ORDER BY feedback_id LIMIT 1",
            [.integer(viewer.rawValue)]
        ) { $0.id(0) }
    }

    private static func mark(
        _ value: Int64, _ post: ID<Post>, _ viewer: ID<Account>, _ store: any SQLWriter
    ) throws {
        for statement in MarkQueries.set(.feedback, to: value, of: post, by: viewer) {
            try store.execute(statement.sql, statement.arguments)
        }
        store.announce(
            .feedback(
                account: viewer.rawValue, post: post.rawValue, mask: ViewerFlags.Field.feedback.mask, value: value))
    }
}
