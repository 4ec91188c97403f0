import Accounts
import Core
import Posts
import SQL
import Text

/// The hashtags that the account follows.
struct FollowedTagSection: ExportSection {
    struct Item: Codable, Sendable {
        let tag: String
        let followedAt: ExportedTime
    }

    let name = "followed_tags"
    let tables = ["tag_follows"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        let all = try store.query(
            "SELECT tag, followed_at FROM tag_follows WHERE account_id = $1 ORDER BY tag",
            [.integer(account.rawValue)]
        ) { Item(tag: $0.text(0), followedAt: $0.time(1)) }
        // They have no numbers, and are few: their places are their keys.
        return zip(Int64(1)..., all).filter { $0.0 > key }.prefix(limit).map { (key: $0.0, item: $0.1) }
    }

    func key(of item: Item) -> Int64? { nil }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard HashtagKey(item.tag)?.value == item.tag else { throw ArchiveError("tag is no hashtag") }
        try restoring.requirePast(item.followedAt, named: "followed_at")
        let account = SQLValue.integer(restoring.account.rawValue)
        let count = try restoring.store.integer("SELECT count(*) FROM tag_follows WHERE account_id = $1", [account])
        guard count < Limits.followedTagsMax else { throw ArchiveError("it follows too many hashtags") }
        try restoring.store.execute(
            "INSERT INTO tag_follows (account_id, tag, followed_at) VALUES ($1, $2, $3)",
            [account, .text(item.tag), .integer(item.followedAt.milliseconds)])
        return .restored
    }
}
