import Accounts
import Core
import SQL
import SocialGraph

/// Marks the ids of pins, which order them.
package enum PinRow {}

extension PostService {
    /// Shows one's own post first on one's profile; one that is pinned already stays where it is.
    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own, `PostsError.limitReached`.
    package func pin(_ id: ID<Post>, viewer: ID<Account>) async throws -> Shown {
        let row: ID<PinRow> = try await ids.next(bucket: viewer.bucket)
        try await database.write { store in
            guard try Self.ownPost(id, viewer, store) != nil else { throw PostsError.notFound }
            let pinned = try Self.pins(of: viewer, store)
            guard !pinned.contains(id) else { return }
            guard pinned.count < Limits.pinnedPostsMax else {
                throw PostsError.limitReached("At most \(Limits.pinnedPostsMax) posts can be pinned.")
            }
            try store.execute(
                "INSERT INTO pins (account_id, post_id, pin_id) VALUES ($1, $2, $3)",
                [.integer(viewer.rawValue), .integer(id.rawValue), .integer(row.rawValue)])
        }
        return try await post(id, viewer: viewer)
    }

    /// Pinned or not, the post is not pinned any more.
    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own.
    package func unpin(_ id: ID<Post>, viewer: ID<Account>) async throws {
        guard try await post(id, viewer: viewer).card.post.author == viewer else { throw PostsError.notFound }
        let delete = Statement(
            "DELETE FROM pins WHERE account_id = $1 AND post_id = $2",
            [.integer(viewer.rawValue), .integer(id.rawValue)])
        _ = try await database.commit([delete], announcing: [])
    }

    /// The posts that an account has pinned and this viewer may see, the one pinned last first.
    /// - Throws: `PostsError.notFound` where the account is gone or kept apart from the viewer.
    package func pinnedPosts(of id: ID<Account>, viewer: ID<Account>?) async throws -> [Shown] {
        guard let author = try await directory.card(id), author.account.isActive,
            try await relations(of: viewer)?.apart.contains(id) != true
        else { throw PostsError.notFound }
        return try await posts(try await database.read { try Self.pins(of: id, $0) }, viewer: viewer)
    }

    static func pins(of account: ID<Account>, _ store: any SQLReader) throws -> [ID<Post>] {
        try store.query(
            "SELECT post_id FROM pins WHERE account_id = $1 ORDER BY pin_id DESC", [.integer(account.rawValue)]
        ) { $0.id(0) }
    }
}

extension Limits {
    package static let pinnedPostsMax = 5
}
