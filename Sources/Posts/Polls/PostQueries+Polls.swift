import Core
import SQL

extension PostQueries {
    /// What the polls of these posts offer; posts without one are missing.
    package static func pollOptions(
        of posts: [ID<Post>], dialect: Dialect, _ store: any SQLReader
    ) throws -> [ID<Post>: [String]] {
        try PollRows.polls(of: posts, dialect: dialect, store).mapValues(\.options)
    }
}
