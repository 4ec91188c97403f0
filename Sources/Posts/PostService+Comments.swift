import Accounts
import Core
import EventLog
import SQL
import SocialGraph

// Reading
extension PostService {
    /// The comment, if this viewer may see it. A comment is a post that answers one.
    /// - Throws: `PostsError.notFound`, also for a post that is no comment.
    package func comment(_ id: ID<Post>, viewer: ID<Account>?) async throws -> Shown {
        let shown = try await post(id, viewer: viewer)
        guard shown.card.post.replyTo != nil else { throw PostsError.notFound }
        return shown
    }
}

// The author of the post at the root
extension PostService {
    /// Says who may comment below one's own post from now on. Comments that are there stay.
    /// - Throws: as `setPolicies`.
    package func setCommentPolicy(
        _ policy: CommentPolicy, of id: ID<Post>, viewer: ID<Account>
    ) async throws -> Shown {
        try await setPolicies(comments: policy, shares: nil, of: id, viewer: viewer)
    }

    /// Says who may comment below one's own post, and share it, from now on; nil leaves it as it is. What is there stays.
    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own, `PostsError.invalid` for who may
    ///   comment below a comment: the post at the root of its thread governs it.
    package func setPolicies(
        comments: CommentPolicy?, shares: SharePolicy?, of id: ID<Post>, viewer: ID<Account>
    ) async throws -> Shown {
        let own = try await post(id, viewer: viewer).card.post
        guard own.author == viewer else { throw PostsError.notFound }
        guard comments == nil || own.replyTo == nil else {
            throw PostsError.invalid("comments", "The post at the root of its thread says who may comment here.")
        }
        let policies = [("comment_policy", comments?.rawValue), ("share_policy", shares?.rawValue)]
        let updates = policies.compactMap { column, value in
            value.map { Self.set(column, to: $0, of: id, by: viewer) }
        }
        _ = try await database.commit(
            updates,
            announcing: [.post(id.rawValue, author: viewer.rawValue, position: own.position.rawValue)])
        return try await post(id, viewer: viewer)
    }

    private static func set(
        _ column: String, to value: Int64, of id: ID<Post>, by author: ID<Account>
    ) -> Statement {
        Statement(
            "UPDATE posts SET \(column) = $1 WHERE id = $2 AND bucket = $3 AND author_id = $4 AND state = 3",
            [
                .integer(value), .integer(id.rawValue), .integer(Int64(id.bucket)), .integer(author.rawValue),
            ], expecting: .rows(1, otherwise: PostsError.notFound))
    }

    /// Deletes one's own comment, or removes somebody's from below one's own post, at any depth, also one that one cannot see
    /// because of a block or since it is for others.
    ///
    /// A removed comment is gone for everyone, its author too, who can still delete it for good.
    /// - Throws: `PostsError.notFound` for a comment that is not there, or not the viewer's to remove.
    package func removeComment(_ id: ID<Post>, viewer: ID<Account>) async throws {
        guard let comment = try await library.card(id)?.post, comment.author != viewer else {
            return try await deleteComment(id, viewer: viewer)
        }
        // One for its author alone troubles nobody.
        guard let root = comment.rootID, comment.visibility != .author else { throw PostsError.notFound }
        let now = clock.now()
        try await database.write { store in
            guard try Self.isOwn(root, viewer, store),
                let stored = try Self.ownPost(id, comment.author, store)
            else { throw PostsError.notFound }
            try PostDeletion.remove(id, author: comment.author, stored, now: now, store)
        }
    }

    private func deleteComment(_ id: ID<Post>, viewer: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            guard let own = try Self.ownPost(id, viewer, orRemoved: true, store), own.replyTo != nil else {
                throw PostsError.notFound
            }
            try PostDeletion.delete(id, author: viewer, own, now: now, store)
        }
    }

    /// Also where the post has been deleted since: what hangs below it is still in its author's care.
    private static func isOwn(_ id: ID<Post>, _ author: ID<Account>, _ store: any SQLReader) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM posts WHERE id = $1 AND bucket = $2 AND author_id = $3",
            [.integer(id.rawValue), .integer(Int64(id.bucket)), .integer(author.rawValue)]) > 0
    }

    /// Whoever may not see the post at the root of a thread writes nothing into it, wherever in it they can read. What its
    /// author says of comments is decided by the transaction; here the store is spared what it would refuse.
    /// - Parameter place: a post of the thread that the commenter sees.
    /// - Throws: `PostsError.commentsClosed`.
    func requireOpenThread(at place: Post, to commenter: ID<Account>) async throws {
        let root = place.rootID ?? place.id
        guard let post = try await library.card(root)?.post, post.author != commenter else { return }
        if root != place.id, try await posts([root], viewer: commenter).isEmpty { throw PostsError.commentsClosed }
        switch post.commentPolicy {
        case .open: return
        case .followers:
            if try await relations(of: commenter)?.follows(post.author) == true { return }
            throw PostsError.commentsClosed
        case .closed: throw PostsError.commentsClosed
        }
    }
}
