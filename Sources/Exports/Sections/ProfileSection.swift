import Accounts
import Core
import SQL

/// The account itself. What the server says of it, such as that it is verified, does not come back.
struct ProfileSection: ExportSection {
    struct Item: Codable, Sendable {
        let userId: ExportedID
        let username: String
        let displayName: String
        let bio: String
        let avatarUrl: String?
        let email: String?
        let isPrivate: Bool
        let createdAt: ExportedTime
    }

    let name = "profile"
    let tables = ["users"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT id, username, display_name, bio, avatar_url, email, is_private, created_at FROM users
            WHERE id = $1 AND id > $2
            """, [.integer(account.rawValue), .integer(key)]
        ) { row in
            (
                row.int64(0),
                Item(
                    userId: row.exportedID(0), username: row.text(1), displayName: row.text(2), bio: row.text(3),
                    avatarUrl: row.optionalText(4), email: row.optionalText(5), isPrivate: row.flag(6),
                    createdAt: row.time(7))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.userId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard item.userId.id() == restoring.account else {
            throw ArchiveError("it is of another account than the manifest")
        }
        try restoring.requirePast(item.userId.value)
        try restoring.requirePast(item.createdAt, named: "created_at")
        try AccountService.restore(
            RestoredAccount(
                id: restoring.account, username: Username(item.username),
                displayName: DisplayName(cleaned: item.displayName),
                bio: Biography(item.bio), avatarURL: item.avatarUrl.map { try AvatarURL($0) },
                email: item.email.map { try EmailAddress($0) }, isPrivate: item.isPrivate,
                createdAt: item.createdAt.milliseconds),
            now: restoring.now, restoring.store)
        return .restored
    }
}
