import Accounts
import Core
import SQL

/// Rows of the account's that go out column by column, as texts. On another server they are kept and go out again: what they
/// rest on is not the account's alone to bring back.
struct RowSection: ExportSection {
    typealias Item = [String: String?]

    let name: String
    let tables: [String]
    /// What to select from, where that is more than the table; `$1` is the account.
    private let source: String
    private let owner: String
    /// Unique within the account, and ascending in the archive.
    private let key: String
    private let columns: [String]

    private init(
        _ name: String, _ table: String, source: String? = nil, owner: String = "account_id", key: String,
        _ columns: [String]
    ) {
        self.name = name
        tables = [table]
        self.source = source ?? table
        self.owner = owner
        self.key = key
        self.columns = columns
    }

    static let all: [any ExportSection] = [
        Self("lists", "lists", key: "list_id", ["list_id", "title", "is_exclusive", "replies"]),
        Self("list_members", "list_members", key: "membership_id", ["list_id", "member_id", "membership_id"]),
        Self("muted_words", "muted_words", key: "word_id", ["word_id", "phrase", "scopes", "expires_at"]),
        Self(
            "followed_tags", "tag_follows",
            source:
                "(SELECT t.*, row_number() OVER (ORDER BY tag) AS place FROM tag_follows t WHERE account_id = $1) AS t",
            key: "place", ["tag", "followed_at"]),
        Self(
            "polls", "polls", owner: "bucket = ((CAST($1 AS BIGINT) >> 12) & 1023) AND author_id", key: "post_id",
            ["post_id", "options", "is_multiple", "hides_totals", "closes_at"]),
        Self("votes", "poll_votes", key: "post_id", ["post_id", "choices"]),
        Self(
            "planned_posts", "planned_posts", key: "planned_id",
            [
                "planned_id", "content", "visibility", "share_policy", "reply_to", "quote_of", "poll_options",
                "poll_multiple", "poll_hides_totals", "poll_seconds", "scheduled_at", "failure", "created_at",
                "updated_at",
            ]),
        Self("feedback", "post_feedback", key: "post_id", ["post_id", "kind", "feedback_id"]),
        Self("views", "post_views", key: "post_id", ["post_id", "views", "seen_at"]),
    ]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        let texts = columns.map { "CAST(\($0) AS TEXT)" }.joined(separator: ", ")
        return try store.query(
            """
            SELECT \(self.key), \(texts) FROM \(source) WHERE \(owner) = $1 AND \(self.key) > $2
            ORDER BY 1 LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let values = columns.enumerated().map { ($1, row.isNull($0 + 1) ? nil : row.text($0 + 1)) }
            return (row.int64(0), Dictionary(values) { $1 })
        }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard Set(item.keys).isSubset(of: columns) else { throw ArchiveError("an item of \(name) has other members") }
        return .kept
    }
}
