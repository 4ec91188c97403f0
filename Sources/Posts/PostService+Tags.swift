import Accounts
import Core
import SQL
import SocialGraph
import Text

// Hashtags
extension PostService {
    package struct TagPage: Sendable {
        package let posts: [Shown]
        /// Where the next page begins, nil at the end.
        package let next: Position?
    }

    /// A page of the posts with a hashtag, the newest first.
    ///
    /// What this viewer may not see, or has muted or hidden, is left out; where that is much, a page is shorter than `limit` though
    /// more follow.
    /// - Throws: `PostsError.notFound` for what is no hashtag.
    package func posts(
        tagged tag: String, viewer: ID<Account>?, before: Position, limit: Int
    ) async throws -> TagPage {
        let key = try Self.key(tag)
        return try await tagPage(viewer: viewer, before: before, limit: limit) { before, limit, store in
            try TagRows.positions(tagged: key, before: before, limit: limit, store)
        }
    }

    /// A page of the posts with any of the hashtags that the viewer follows, the newest first, each once.
    package func postsOfFollowedTags(
        viewer: ID<Account>, before: Position, limit: Int
    ) async throws -> TagPage {
        let dialect = database.dialect
        return try await tagPage(viewer: viewer, before: before, limit: limit) { before, limit, store in
            try TagRows.positions(followedBy: viewer, before: before, limit: limit, dialect: dialect, store)
        }
    }

    /// The hashtags that the viewer follows, by name.
    package func followedTags(of viewer: ID<Account>) async throws -> [String] {
        try await database.read { try TagRows.followed(by: viewer, $0) }
    }

    /// Following again changes nothing.
    /// - Throws: `PostsError`: `notFound` for what is no hashtag, `limitReached`.
    package func followTag(_ tag: String, viewer: ID<Account>) async throws {
        let key = try Self.key(tag)
        let now = clock.now()
        try await database.write { store in
            try store.execute(
                """
                INSERT INTO tag_follows (account_id, tag, followed_at) VALUES ($1, $2, $3)
                ON CONFLICT (account_id, tag) DO NOTHING
                """, [.integer(viewer.rawValue), .text(key), .integer(now)])
            guard try TagRows.followed(by: viewer, store).count <= Limits.followedTagsMax else {
                throw PostsError.limitReached("An account can follow at most \(Limits.followedTagsMax) hashtags.")
            }
        }
    }

    /// Fine also where it is not followed.
    /// - Throws: `PostsError.notFound` for what is no hashtag.
    package func unfollowTag(_ tag: String, viewer: ID<Account>) async throws {
        let key = try Self.key(tag)
        try await database.write { store in
            _ = try store.execute(
                "DELETE FROM tag_follows WHERE account_id = $1 AND tag = $2",
                [.integer(viewer.rawValue), .text(key)])
        }
    }

    private static func key(_ tag: String) throws -> String {
        guard let key = HashtagKey(tag) else { throw PostsError.notFound }
        return key.value
    }

    private func tagPage(
        viewer: ID<Account>?, before: Position, limit: Int,
        _ find: @escaping @Sendable (Position, Int, any SQLReader) throws -> [Position]
    ) async throws -> TagPage {
        let (posts, next) = try await filledPage(before: before, limit: limit, find) {
            // What the viewer hid is in none of their feeds.
            try await visible($0, viewer: viewer, muting: .home).filter { !$0.flags.isHidden }
        }
        return TagPage(posts: posts, next: next)
    }
}
