import Accounts
import Core
import SQL

/// Marks the ids of memberships, which order them.
enum MembershipRow {}

/// The rows of lists and their members.
package enum ListRows {
    private static let columns = """
        l.list_id, l.title, l.is_exclusive, l.replies, (SELECT count(*) FROM list_members m
            WHERE m.account_id = l.account_id AND m.list_id = l.list_id)
        """

    /// - Returns: nil where there is no such list, or it is somebody else's.
    static func list(_ id: ID<AccountList>, of owner: ID<Account>, _ store: any SQLReader) throws -> AccountList? {
        try store.first(
            "SELECT \(columns) FROM lists l WHERE l.account_id = $1 AND l.list_id = $2",
            [.integer(owner.rawValue), .integer(id.rawValue)], row: read)
    }

    /// The newest first.
    /// - Parameter member: only the lists that this account is on.
    static func lists(
        of owner: ID<Account>, with member: ID<Account>? = nil, before: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [AccountList] {
        let holds = """
            AND EXISTS (SELECT 1 FROM list_members x
                WHERE x.account_id = $1 AND x.list_id = l.list_id AND x.member_id = $4)
            """
        let arguments: [SQLValue] = [.integer(owner.rawValue), .integer(before), .integer(Int64(limit))]
        return try store.query(
            """
            SELECT \(columns) FROM lists l WHERE l.account_id = $1 AND l.list_id < $2 \(member == nil ? "" : holds)
            ORDER BY l.list_id DESC LIMIT $3
            """, arguments + (member.map { [.integer($0.rawValue)] } ?? []), row: read)
    }

    private static func read(_ row: any SQLRow) -> AccountList {
        AccountList(
            id: row.id(0), title: row.text(1), isExclusive: row.flag(2),
            replies: ListedReplies(rawValue: row.int64(3)) ?? .followed, membersCount: row.int64(4))
    }

    static func put(_ list: AccountList, of owner: ID<Account>, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO lists (account_id, list_id, title, is_exclusive, replies) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account_id, list_id) DO UPDATE SET
                title = excluded.title, is_exclusive = excluded.is_exclusive, replies = excluded.replies
            """,
            [
                .integer(owner.rawValue), .integer(list.id.rawValue), .text(list.title),
                .flag(list.isExclusive), .integer(list.replies.rawValue),
            ])
    }

    /// Everyone on a list.
    static func members(of list: ID<AccountList>, _ owner: ID<Account>, _ store: any SQLReader) throws -> [Int64] {
        try store.query(
            "SELECT member_id FROM list_members WHERE account_id = $1 AND list_id = $2",
            [.integer(owner.rawValue), .integer(list.rawValue)]
        ) { $0.int64(0) }
    }

    /// Some of those on a list, the newest members first.
    static func members(
        of list: ID<AccountList>, _ owner: ID<Account>, before: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(membership: Int64, account: ID<Account>)] {
        try store.query(
            """
            SELECT membership_id, member_id FROM list_members
            WHERE account_id = $1 AND list_id = $2 AND membership_id < $3 ORDER BY membership_id DESC LIMIT $4
            """,
            [.integer(owner.rawValue), .integer(list.rawValue), .integer(before), .integer(Int64(limit))]
        ) { (membership: $0.int64(0), account: $0.id(1)) }
    }

    /// - Returns: whether the member is new.
    static func add(
        _ member: ID<Account>, row: ID<MembershipRow>, to list: ID<AccountList>, of owner: ID<Account>,
        _ store: any SQLWriter
    ) throws -> Bool {
        try store.execute(
            """
            INSERT INTO list_members (account_id, list_id, member_id, membership_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account_id, list_id, member_id) DO NOTHING
            """,
            [
                .integer(owner.rawValue), .integer(list.rawValue), .integer(member.rawValue),
                .integer(row.rawValue),
            ]) == 1
    }

    /// Those whom the owner's exclusive lists keep out of the home feed.
    static func exclusiveMembers(of owner: ID<Account>, _ store: any SQLReader) throws -> [Int64] {
        try store.query(
            """
            SELECT DISTINCT m.member_id FROM lists l
            JOIN list_members m ON m.account_id = l.account_id AND m.list_id = l.list_id
            WHERE l.account_id = $1 AND m.account_id = $1 AND l.is_exclusive = 1
            """, [.integer(owner.rawValue)]
        ) { $0.int64(0) }
    }

    /// Takes one whom the owner does not follow any more from all lists.
    static func remove(_ member: ID<Account>, fromListsOf owner: ID<Account>, _ store: any SQLWriter) throws {
        try store.execute(
            "DELETE FROM list_members WHERE account_id = $1 AND member_id = $2",
            [.integer(owner.rawValue), .integer(member.rawValue)])
    }
}
