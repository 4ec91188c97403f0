import Accounts
import Core
import EventLog
import SQL
import SocialGraph

/// A page of comments and where the next one begins, nil at the end.
package struct CommentPage: Sendable {
    package let comments: [PostService.Shown]
    /// The position of the last row looked at, in the order of likes behind these.
    package let next: [Int64]?
}

// Reading
extension PostService {
    /// The comment, if this viewer may see it. A comment is a post that answers one.
    /// - Throws: `PostsError.notFound`, also for a post that is no comment.
    package func comment(_ id: ID<Post>, viewer: ID<Account>?) async throws -> Shown {
        let shown = try await post(id, viewer: viewer)
        guard shown.card.post.replyTo != nil else { throw PostsError.notFound }
        return shown
    }

    /// A page of the direct replies of a post.
    ///
    /// What this viewer may not see, or has muted, is left out; where that is much, a page is shorter than `limit` though
    /// more follow. By time, pages do not shift. By likes a comment stands where its likes put it when the page is read: one
    /// that gains likes between two pages may be missed, and one that loses likes may come again.
    /// - Parameter place: the `next` of the page before, which has two numbers by likes and one otherwise.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func comments(
        on id: ID<Post>, viewer: ID<Account>?, by order: CommentOrder, after place: [Int64]?, limit: Int
    ) async throws -> CommentPage {
        _ = try await post(id, viewer: viewer)
        var shown: [Shown] = []
        var next = place.map { Self.place($0) }
        for _ in 1...Limits.commentReadsMax {
            let (after, wanted) = (next, limit - shown.count)
            let rows = try await database.read { store in
                try ReplyRows.page(of: id, by: order, after: after, limit: wanted + 1, store)
            }
            let looked = rows.prefix(wanted)
            shown += try await visible(looked.map(\.position), viewer: viewer, muting: .comments)
            next = rows.count > wanted ? looked.last : nil
            if next == nil || shown.count == limit { break }
        }
        return CommentPage(
            comments: shown,
            next: next.map { order == .top ? [$0.likes, $0.position.rawValue] : [$0.position.rawValue] })
    }

    private static func place(_ numbers: [Int64]) -> ReplyRows.Place {
        ReplyRows.Place(likes: numbers.first ?? 0, position: Position(numbers.last ?? 0))
    }

    /// Those of the posts at these positions that the viewer may see and wants to, in the order asked for.
    /// - Parameter scope: of the muted words that go here.
    func visible(
        _ positions: [Position], viewer: ID<Account>?, muting scope: MutingScopes
    ) async throws -> [Shown] {
        let cards = try await library.cards(at: positions)
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        let roots = try await library.threads.roots(of: cards.values.lazy.map(\.post), in: directory)
        let relations = try await relations(of: viewer)
        let flags = try await flags(of: cards.values.map(\.post.id), viewer)
        let muted = relations.flatMap { MutedText($0, in: scope, at: clock.now()) }
        let quotes = try await quotes(of: cards.values, relations, muted: muted)
        return positions.compactMap { position in
            guard let card = cards[position], let author = authors[card.post.author],
                PostVisibility.admits(
                    card.post, author: author.standing, root: roots[of: card.post], relations: relations),
                relations?.muted.contains(card.post.author) != true, muted?.hides(card) != true
            else { return nil }
            return Shown(
                card: card, author: author, flags: flags[card.post.id] ?? .none,
                quote: card.post.quote.flatMap { quotes[$0.post] })
        }
    }

    /// Whether `id` is a comment anywhere below `post`, and both are for this viewer.
    package func isComment(_ id: ID<Post>, below post: ID<Post>, viewer: ID<Account>?) async throws -> Bool {
        let found = try await posts([id, post], viewer: viewer).map(\.card.post)
        guard found.count == 2, let comment = found.first, let root = comment.rootID else { return false }
        guard root != post else { return true }
        let dialect = database.dialect
        return try await database.read { try PostQueries.ancestors(of: id, dialect: dialect, $0) }
            .contains { $0.id == post }
    }
}

// The author of the post at the root
extension PostService {
    /// Says who may comment below one's own post from now on. Comments that are there stay.
    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own, `PostsError.invalid` for a
    ///   comment: the post at the root of its thread governs it.
    package func setCommentPolicy(
        _ policy: CommentPolicy, of id: ID<Post>, viewer: ID<Account>
    ) async throws -> Shown {
        let own = try await post(id, viewer: viewer).card.post
        guard own.author == viewer else { throw PostsError.notFound }
        guard own.replyTo == nil else {
            throw PostsError.invalid("comments", "The post at the root of its thread says who may comment here.")
        }
        let update = Statement(
            "UPDATE posts SET comment_policy = $1 WHERE id = $2 AND bucket = $3 AND author_id = $4 AND state = 3",
            [
                .integer(policy.rawValue), .integer(id.rawValue), .integer(Int64(id.bucket)),
                .integer(viewer.rawValue),
            ], expecting: .rows(1, otherwise: PostsError.notFound))
        _ = try await database.commit(
            [update],
            announcing: [.post(id.rawValue, author: viewer.rawValue, position: own.position.rawValue)])
        return try await post(id, viewer: viewer)
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

extension Limits {
    /// Reads of the store for one page of comments, where many are not for its reader.
    package static let commentReadsMax = 5
}
