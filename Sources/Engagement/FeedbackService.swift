import Accounts
import Core
import Posts
import SQL

/// What accounts want to see more and less of, and what they hid from their home feeds; for nobody else to see.
///
/// Rows tell what was said and when; the marks of the viewer carry it as well, so that a feed which is read from memory
/// knows what is hidden without another look.
package struct FeedbackService: Sendable {
    private let database: any Database
    private let posts: PostService
    private let marks: ViewerMarksCache
    private let ids: IDGenerator
    private let rowsMax: Int

    /// - Parameter rowsMax: what is kept of one account; past it, the oldest gives way.
    package init(
        database: any Database, posts: PostService, marks: ViewerMarksCache, ids: IDGenerator,
        rowsMax: Int = Limits.feedbackRowsMax
    ) {
        self.database = database
        self.posts = posts
        self.marks = marks
        self.ids = ids
        self.rowsMax = rowsMax
    }

    /// Says something of a post, in place of what was said before.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func give(_ feedback: Feedback, on id: ID<Post>, viewer: ID<Account>) async throws {
        guard try await posts.post(id, viewer: viewer).flags.feedback != feedback else { return }
        let row: ID<FeedbackRow> = try await ids.next(bucket: viewer.bucket)
        try await database.write { store in
            try FeedbackRows.set(feedback, on: id, by: viewer, row: row, store)
            guard try FeedbackRows.count(of: viewer, store) > rowsMax,
                let oldest = try FeedbackRows.oldest(of: viewer, store)
            else { return }
            try FeedbackRows.remove(oldest, by: viewer, store)
        }
    }

    /// Takes back what was said, also of a post that is not to be seen any more.
    /// - Throws: `PostsError.notFound` for a post of which nothing was said and that is not to be seen.
    package func takeBack(_ id: ID<Post>, viewer: ID<Account>) async throws {
        guard try await marks.flags(of: [id], viewer: viewer)[id]?.feedback != nil else {
            _ = try await posts.post(id, viewer: viewer)
            return
        }
        try await database.write { try FeedbackRows.remove(id, by: viewer, $0) }
    }
}

extension Limits {
    package static let feedbackRowsMax = 10_000
}
