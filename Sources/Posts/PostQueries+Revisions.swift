import Core
import SQL

extension PostQueries {
    /// Who could see a post before it became a version; nil for its first.
    package static func visibility(
        of post: ID<Post>, before version: Int64, _ store: any SQLReader
    ) throws -> Visibility? {
        try store.first(
            "SELECT visibility FROM post_revisions WHERE post_id = $1 AND version = $2",
            [.integer(post.rawValue), .integer(version - 1)]
        ) { Visibility(rawValue: $0.int64(0)) ?? .author }
    }
}
