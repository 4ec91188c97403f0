import Accounts
import Core
import SQL
import SocialGraph

/// A page of comments and where the next one begins, nil at the end.
package struct CommentPage: Sendable {
    package let comments: [ListedComment]
    /// The position of the last of them, in the order of likes behind these.
    package let next: [Int64]?
}

// Lists
extension PostService {
    /// A page of the direct replies of a post, or of a deleted comment that keeps its place.
    ///
    /// What this viewer may not see, or has muted, is left out; where that is very much, a page is shorter than `limit` though
    /// more follow. By time, pages do not shift. By likes a comment stands where its likes put it when the page is read: one
    /// that gains likes between two pages may be missed, and one that loses likes may come again.
    /// - Parameter place: the `next` of the page before, which has two numbers by likes and one otherwise.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func comments(
        on id: ID<Post>, viewer: ID<Account>?, by order: CommentOrder, after place: [Int64]?, limit: Int
    ) async throws -> CommentPage {
        let showsDeleted = try await showsDeleted(below: id, viewer: viewer)
        let page = try await database.filledPage(after: place.map { Self.place($0) }, limit: limit, place: { $0 }) {
            place, count, store in
            try ReplyRows.page(of: id, by: order, after: place, limit: count, store)
        } show: {
            try await listed($0, viewer: viewer, showsDeleted: showsDeleted)
        }
        return CommentPage(
            comments: page.entries,
            next: page.next.map { order == .top ? [$0.likes, $0.position.rawValue] : [$0.position.rawValue] })
    }

    private static func place(_ numbers: [Int64]) -> ReplyRows.Place {
        ReplyRows.Place(likes: numbers.first ?? 0, position: Position(numbers.last ?? 0))
    }

    /// Whether the viewer is shown the places of deleted comments in the list below a post: whoever may see the root of the
    /// thread, which the author of a comment in it need not.
    /// - Throws: `PostsError.notFound` where there is no such list for this viewer.
    private func showsDeleted(below id: ID<Post>, viewer: ID<Account>?) async throws -> Bool {
        do {
            let parent = try await post(id, viewer: viewer).card.post
            guard let rootID = parent.rootID else { return true }
            return try await admits(viewer, toThreadOf: rootID)
        } catch let error as PostsError where error == .notFound {
            guard try await deletedComment(id, viewer: viewer) != nil else { throw error }
            return true
        }
    }

    private func listed(
        _ places: [ReplyRows.Place], viewer: ID<Account>?, showsDeleted: Bool
    ) async throws -> [(row: ReplyRows.Place, entry: ListedComment)] {
        let positions = places.map(\.position)
        let cards = try await library.cards(at: positions)
        let shown = try await visible(positions, cards, viewer: viewer, muting: .comments)
        var entries = Dictionary(shown.map { ($0.place, ListedComment.comment($0)) }) { first, _ in first }
        if showsDeleted, cards.count < places.count {
            for place in try await deletedComments(positions.filter { cards[$0] == nil }.map(\.rawValue), by: .position)
            {
                entries[place.position] = .deleted(place)
            }
        }
        return places.compactMap { place in entries[place.position].map { (row: place, entry: $0) } }
    }

    /// Those of the posts at these positions that the viewer may see and wants to, in the order asked for.
    /// - Parameter scope: of the muted words that go here.
    func visible(
        _ positions: [Position], viewer: ID<Account>?, muting scope: MutingScopes
    ) async throws -> [Shown] {
        try await visible(positions, library.cards(at: positions), viewer: viewer, muting: scope)
    }

    /// - Parameter cards: of the posts that are at these positions.
    private func visible(
        _ positions: [Position], _ cards: [Position: PostCard], viewer: ID<Account>?, muting scope: MutingScopes
    ) async throws -> [Shown] {
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        let roots = try await library.threads.roots(of: cards.values.lazy.map(\.post), in: directory)
        let relations = try await relations(of: viewer)
        let flags = try await flags(of: cards.values.map(\.post.id), viewer)
        let muted = relations.flatMap { MutedText($0, in: scope, at: clock.now()) }
        // What the viewer hid is in none of their feeds.
        let quotes = try await quotes(of: cards.values, relations, muted: muted, inFeed: scope == .home)
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
}

// What keeps its place
extension PostService {
    /// Whether `id` is a comment, or the place of one that was deleted, as far as the viewer may know.
    package func isComment(_ id: ID<Post>, viewer: ID<Account>?) async throws -> Bool {
        do {
            return try await post(id, viewer: viewer).card.post.replyTo != nil
        } catch let error as PostsError where error == .notFound {
            return try await deletedComment(id, viewer: viewer) != nil
        }
    }

    /// Whether `id` is a comment anywhere below `post`, and both are for this viewer.
    /// - Parameter orDeleted: whether one counts that was deleted and keeps its place.
    package func isComment(
        _ id: ID<Post>, below post: ID<Post>, orDeleted: Bool = false, viewer: ID<Account>?
    ) async throws -> Bool {
        let found = try await posts([id, post], viewer: viewer).map(\.card.post)
        guard found.contains(where: { $0.id == post }) else { return false }
        var root = found.first { $0.id == id }?.rootID
        if root == nil, orDeleted { root = try await deletedComment(id, viewer: viewer)?.rootID }
        guard let root else { return false }
        guard root != post else { return true }
        let dialect = database.dialect
        return try await database.read { try PostQueries.ancestors(of: id, dialect: dialect, $0) }
            .contains { $0.id == post }
    }

    /// The place of a comment that was deleted or removed, for those who may see the root of its thread.
    private func deletedComment(_ id: ID<Post>, viewer: ID<Account>?) async throws -> DeletedComment? {
        guard let place = try await deletedComments([id.rawValue], by: .id).first,
            try await admits(viewer, toThreadOf: place.rootID)
        else { return nil }
        return place
    }

    private func deletedComments(_ wanted: [Int64], by key: PostQueries.PlaceKey) async throws -> [DeletedComment] {
        let dialect = database.dialect
        return try await database.read { try PostQueries.deletedComments(wanted, by: key, dialect: dialect, $0) }
    }

    private func admits(_ viewer: ID<Account>?, toThreadOf root: ID<Post>) async throws -> Bool {
        PostVisibility.admitsThread(
            below: try await library.threads.root(root, in: directory), relations: try await relations(of: viewer))
    }
}
