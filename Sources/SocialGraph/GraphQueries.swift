import Accounts
import Core
import SQL

/// Reads of the graph's tables.
package enum GraphQueries {
    /// Whom an account follows, ascending.
    package static func followees(of account: ID<Account>, _ store: any SQLReader) throws -> [Int64] {
        try store.query(
            "SELECT followee_id FROM following WHERE follower_id = $1 ORDER BY followee_id",
            [.integer(account.rawValue)]
        ) { $0.int64(0) }
    }

    /// Who follows an account, ascending.
    package static func followers(of account: ID<Account>, _ store: any SQLReader) throws -> [Int64] {
        try store.query(
            "SELECT follower_id FROM followers WHERE followee_id = $1 ORDER BY follower_id",
            [.integer(account.rawValue)]
        ) { $0.int64(0) }
    }

    /// Whether the follow stands now.
    package static func follows(
        _ follower: ID<Account>, _ followee: ID<Account>, _ store: any SQLReader
    ) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM following WHERE follower_id = $1 AND followee_id = $2",
            [.integer(follower.rawValue), .integer(followee.rawValue)]) > 0
    }

    static func relations(of viewer: ID<Account>, _ store: any SQLReader) throws -> Relations {
        let me: [SQLValue] = [.integer(viewer.rawValue)]
        return Relations(
            viewer: viewer,
            following: try followees(of: viewer, store),
            apart: try store.query(
                """
                SELECT blocked_id FROM blocks WHERE blocker_id = $1
                UNION SELECT blocker_id FROM blocks WHERE blocked_id = $1
                """, me
            ) { $0.int64(0) },
            muted: try store.query("SELECT muted_id FROM mutes WHERE muter_id = $1", me) { $0.int64(0) },
            exclusive: try ListRows.exclusiveMembers(of: viewer, store),
            befriending: try store.query("SELECT account_id FROM close_friends WHERE friend_id = $1", me) {
                $0.int64(0)
            },
            // What has expired is left out when it is used, by the reader's clock.
            mutedWords: MutedWords(try MutedWordRows.words(of: viewer, store), now: .min))
    }

    /// Whether `owner` counts `friend` among the close friends.
    package static func isCloseFriend(
        _ friend: ID<Account>, of owner: ID<Account>, _ store: any SQLReader
    ) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM close_friends WHERE account_id = $1 AND friend_id = $2",
            [.integer(owner.rawValue), .integer(friend.rawValue)]) > 0
    }

    /// Which followers of an account are its close friends, ascending.
    package static func closeFriendsFollowing(_ owner: ID<Account>, _ store: any SQLReader) throws -> [Int64] {
        try store.query(
            """
            SELECT c.friend_id FROM close_friends c WHERE c.account_id = $1 AND EXISTS (
                SELECT 1 FROM following WHERE follower_id = c.friend_id AND followee_id = $1)
            ORDER BY c.friend_id
            """, [.integer(owner.rawValue)]
        ) { $0.int64(0) }
    }

    package static func relationship(
        _ viewer: ID<Account>, _ other: ID<Account>, _ store: any SQLReader
    ) throws -> Relationship {
        let row = try store.first(
            """
            SELECT
                EXISTS (SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = $2),
                EXISTS (SELECT 1 FROM following WHERE follower_id = $2 AND followee_id = $1),
                EXISTS (SELECT 1 FROM follow_requests WHERE target_id = $2 AND requester_id = $1),
                EXISTS (SELECT 1 FROM follow_requests WHERE target_id = $1 AND requester_id = $2),
                EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = $2),
                EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $2 AND blocked_id = $1),
                EXISTS (SELECT 1 FROM mutes WHERE muter_id = $1 AND muted_id = $2)
            """, [.integer(viewer.rawValue), .integer(other.rawValue)]
        ) { row in
            Relationship(
                following: row.flag(0), followedBy: row.flag(1), requested: row.flag(2), requestedBy: row.flag(3),
                blocking: row.flag(4), blockedBy: row.flag(5), muting: row.flag(6))
        }
        return row ?? Relationship()
    }

    static func count(_ table: StaticString, _ owner: StaticString, _ id: ID<Account>, _ store: any SQLReader) throws
        -> Int
    {
        Int(try store.integer("SELECT count(*) FROM \(table) WHERE \(owner) = $1", [.integer(id.rawValue)]))
    }
}
