import Accounts
import Core
import SQL

extension PostQueries {
    /// What a post answers and quotes.
    package struct Parentage: Sendable {
        package let id: ID<Post>
        package let author: ID<Account>
        package let replyTo: ID<Post>?
        package let replyToAuthor: ID<Account>?
        package let quote: Quote?
    }

    /// Whether an account may see what is in the thread that a comment lies in.
    package static func isThread(
        of comment: ID<Post>, openTo account: ID<Account>, _ store: any SQLReader
    ) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM posts p WHERE p.id = $1 AND p.bucket = $2 AND \(ThreadSQL.admits("$3"))",
            [.integer(comment.rawValue), .integer(Int64(comment.bucket)), .integer(account.rawValue)]) > 0
    }

    /// What the published ones among these posts answer and quote.
    package static func parents(
        of posts: [ID<Post>], dialect: Dialect, _ store: any SQLReader
    ) throws -> [Parentage] {
        guard !posts.isEmpty else { return [] }
        return try store.query(
            """
            SELECT p.id, p.author_id, p.reply_to, p.reply_to_author, p.quote_of, p.quote_author, p.quote_position
            FROM list($1) AS wanted
            \(PostLayout(dialect).joinPost(where: "id", is: "wanted.value")) WHERE p.state = 3
            """, [.list(posts.map(\.rawValue))]
        ) { row in
            Parentage(
                id: row.id(0), author: row.id(1), replyTo: row.optionalInt64(2).map { ID($0) },
                replyToAuthor: row.optionalInt64(3).map { ID($0) }, quote: PostQueries.quote(row, at: 4))
        }
    }
}
