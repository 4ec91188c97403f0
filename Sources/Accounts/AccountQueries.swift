import Core
import SQL

/// Reads of the accounts' tables that other parts of this feature share.
enum AccountQueries {
    static func cards(_ ids: [ID<Account>], _ store: any SQLReader) throws -> [ID<Account>: AccountCard] {
        let cards = try store.query(
            """
            SELECT u.id, u.username, u.display_name, u.bio, u.avatar_url, u.is_verified, u.is_private, u.state,
                u.created_at, c.followers, c.following, c.posts
            FROM list($1) AS ids JOIN users u ON u.id = ids.value
            LEFT JOIN account_counters c ON c.account_id = u.id
            """, [.list(ids.map(\.rawValue))], row: card)
        return Dictionary(cards.map { ($0.account.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func card(_ row: any SQLRow) -> AccountCard {
        AccountCard(
            Account(
                id: row.id(0), username: row.text(1), displayName: row.text(2), bio: row.text(3),
                avatarURL: row.optionalText(4), isVerified: row.flag(5), isPrivate: row.flag(6),
                state: AccountState(rawValue: row.int64(7)) ?? .deleted, createdAt: row.int64(8),
                followersCount: row.int64(9), followingCount: row.int64(10), postsCount: row.int64(11)))
    }
}
