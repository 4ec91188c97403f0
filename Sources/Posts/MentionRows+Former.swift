import Accounts
import Core
import SQL

extension MentionRows {
    /// The accounts that a post named in the version that was replaced at `time`.
    /// - Parameter time: of an edit, in milliseconds since 1970.
    package static func accounts(
        formerlyIn post: ID<Post>, before time: Int64, _ store: any SQLReader
    ) throws -> Set<ID<Account>> {
        let content = try store.first(
            "SELECT content FROM post_revisions WHERE post_id = $1 AND written_at < $2 ORDER BY version DESC LIMIT 1",
            [.integer(post.rawValue), .integer(time)]
        ) { $0.text(0) }
        guard let content else { return [] }
        return Set(try accounts(named: PostEntities(content).names, store).values)
    }
}
