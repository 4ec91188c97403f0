import Accounts
import Core
import SQL

/// What one account did with posts: all of it down to a floor, by post id.
package struct ViewerMarks: Sendable {
    /// Ascending.
    private var posts: [Int64]
    private var flags: [ViewerFlags]
    /// Nothing is known of posts with smaller ids.
    private var floor: Int64

    /// - Parameters:
    ///   - newestFirst: what the store has, descending by post.
    ///   - isWhole: whether there is nothing else.
    package init(newestFirst: [(post: Int64, flags: ViewerFlags)], isWhole: Bool) {
        posts = newestFirst.reversed().map(\.post)
        flags = newestFirst.reversed().map(\.flags)
        floor = isWhole ? 0 : posts.first ?? 0
    }

    package var count: Int { posts.count }

    /// Nil below the floor.
    package func flags(of post: Int64) -> ViewerFlags? {
        guard post >= floor else { return nil }
        let place = place(of: post)
        return place < posts.count && posts[place] == post ? flags[place] : ViewerFlags.none
    }

    /// Takes what the account did just now, if it lies above the floor.
    package mutating func set(_ post: Int64, mask: Int64, value: Int64) {
        guard post >= floor else { return }
        let place = place(of: post)
        let known = place < posts.count && posts[place] == post
        let changed = (known ? flags[place] : .none).replacing(mask, with: value)
        switch (known, changed == .none) {
        case (true, true):
            posts.remove(at: place)
            flags.remove(at: place)
        case (true, false): flags[place] = changed
        case (false, true): break
        case (false, false):
            posts.insert(post, at: place)
            flags.insert(changed, at: place)
        }
        guard posts.count > 2 * Limits.viewerMarksLoaded else { return }
        let surplus = posts.count - Limits.viewerMarksLoaded
        posts.removeFirst(surplus)
        flags.removeFirst(surplus)
        floor = posts.first ?? floor
    }

    /// Where the post is, or would be.
    private func place(of post: Int64) -> Int {
        var (low, high) = (0, posts.count)
        while low < high {
            let middle = (low + high) / 2
            if posts[middle] < post { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Limits {
    /// Posts whose marks are read for an account at first, the newest.
    package static let viewerMarksLoaded = 1_000
    /// The bound on the memory of all accounts' marks, in bytes.
    package static let viewerMarksBytesMax = 128 << 20
}

/// Statements and reads of the marks, which lie with the account that made them.
package enum MarkQueries {
    /// Sets the bits of `field` to `value`, which lies in its mask.
    package static func set(
        _ field: ViewerFlags.Field, to value: Int64, of post: ID<Post>, by account: ID<Account>
    ) -> [Statement] {
        let key: [SQLValue] = [.integer(account.rawValue), .integer(post.rawValue)]
        guard value == 0 else {
            return [
                Statement(
                    """
                    INSERT INTO viewer_marks (account_id, post_id, flags) VALUES ($1, $2, $3)
                    ON CONFLICT (account_id, post_id) DO UPDATE SET flags = (viewer_marks.flags & $4) | excluded.flags
                    """, key + [.integer(value), .integer(~field.mask)])
            ]
        }
        return [
            Statement(
                "UPDATE viewer_marks SET flags = flags & $3 WHERE account_id = $1 AND post_id = $2",
                key + [.integer(~field.mask)]),
            Statement("DELETE FROM viewer_marks WHERE account_id = $1 AND post_id = $2 AND flags = 0", key),
        ]
    }

    static func newest(of account: ID<Account>, _ store: any SQLReader) throws -> ViewerMarks {
        let max = Limits.viewerMarksLoaded
        let rows = try store.query(
            "SELECT post_id, flags FROM viewer_marks WHERE account_id = $1 ORDER BY post_id DESC LIMIT $2",
            [.integer(account.rawValue), .integer(Int64(max + 1))]
        ) { (post: $0.int64(0), flags: ViewerFlags(rawValue: $0.int64(1))) }
        return ViewerMarks(newestFirst: Array(rows.prefix(max)), isWhole: rows.count <= max)
    }

    static func flags(
        of posts: [Int64], by account: ID<Account>, _ store: any SQLReader
    ) throws -> [Int64: ViewerFlags] {
        let rows = try store.query(
            """
            SELECT m.post_id, m.flags FROM list($2) AS wanted
            JOIN viewer_marks m ON m.account_id = $1 AND m.post_id = wanted.value
            """, [.integer(account.rawValue), .list(posts)]
        ) { ($0.int64(0), ViewerFlags(rawValue: $0.int64(1))) }
        return Dictionary(rows) { $1 }
    }
}
