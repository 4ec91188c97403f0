import Accounts
import Core
import SQL

extension GraphService {
    package enum List: Sendable {
        case followers(of: ID<Account>)
        case following(of: ID<Account>)
        case requests(to: ID<Account>)
        case blocks(by: ID<Account>)
        case mutes(by: ID<Account>)
        case closeFriends(of: ID<Account>)

        fileprivate var table: (name: String, owner: String, other: String, key: String, id: ID<Account>) {
            switch self {
            case .followers(let id): ("followers", "followee_id", "follower_id", "follow_id", id)
            case .following(let id): ("following", "follower_id", "followee_id", "follow_id", id)
            case .requests(let id): ("follow_requests", "target_id", "requester_id", "request_id", id)
            case .blocks(let id): ("blocks", "blocker_id", "blocked_id", "block_id", id)
            case .mutes(let id): ("mutes", "muter_id", "muted_id", "mute_id", id)
            case .closeFriends(let id): ("close_friends", "account_id", "friend_id", "added_id", id)
            }
        }
    }

    private struct Row: Sendable {
        let key: Int64
        let account: ID<Account>
    }

    package struct Page: Sendable {
        package let accounts: [AccountCard]
        /// Where the next page begins, nil at the end.
        package let next: Int64?
    }

    /// A page of accounts, the newest entry first. Accounts that are gone, or kept apart from the viewer by a block, are
    /// left out.
    /// - Parameter before: the `next` of the page before, or nil for the first.
    package func page(_ list: List, viewer: ID<Account>?, before: Int64?, limit: Int) async throws -> Page {
        let table = list.table
        let relations = try await relationsThatHide(in: list, from: viewer)
        let page = try await database.filledPage(after: before, limit: limit, place: \.key) { place, count, store in
            try store.query(
                """
                SELECT \(table.key), \(table.other) FROM \(table.name)
                WHERE \(table.owner) = $1 AND \(table.key) < $2 ORDER BY \(table.key) DESC LIMIT $3
                """, [.integer(table.id.rawValue), .integer(place ?? .max), .integer(Int64(count))]
            ) { Row(key: $0.int64(0), account: $0.id(1)) }
        } show: { rows -> [(row: Row, entry: AccountCard)] in
            let cards = try await directory.cards(rows.map(\.account))
            return rows.compactMap { row in
                guard let card = cards[row.account], card.account.isActive,
                    relations?.apart.contains(row.account) != true
                else { return nil }
                return (row: row, entry: card)
            }
        }
        return Page(accounts: page.entries, next: page.next)
    }

    /// Whether the viewer may see whom this account follows and is followed by.
    package func mayList(_ account: Account, viewer: ID<Account>?) async throws -> Bool {
        guard account.isPrivate else { return true }
        guard let viewer else { return false }
        return try await relations.relations(of: viewer).follows(account.id)
    }

    /// One's own list of blocks shows those it keeps apart; every other list does not.
    private func relationsThatHide(in list: List, from viewer: ID<Account>?) async throws -> Relations? {
        guard let viewer else { return nil }
        if case .blocks = list { return nil }
        return try await relations.relations(of: viewer)
    }
}
