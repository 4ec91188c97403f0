import Accounts
import Core
import SQL

/// Scheduled posts that were not published at their time, for whoever tells of them.
package enum RejectedPosts {
    package struct Rejection: Sendable {
        package let failure: PlannedPost.Failure
        /// Another one each time that its author changes it.
        package let version: Int64
    }

    /// Those among an account's scheduled posts that failed and were left so.
    package static func rejections(
        of account: Int64, among ids: [Int64], _ store: any SQLReader
    ) throws -> [Int64: Rejection] {
        let rows = try store.query(
            """
            SELECT p.planned_id, p.failure, p.version FROM list($2) AS wanted
            JOIN planned_posts p ON p.account_id = $1 AND p.planned_id = wanted.value WHERE p.state = 1
            """, [.integer(account), .list(ids)]
        ) { row in
            let failure = PlannedPost.Failure(rawValue: row.int64(1)) ?? .refused
            return (row.int64(0), Rejection(failure: failure, version: row.int64(2)))
        }
        return Dictionary(rows) { first, _ in first }
    }
}
