import Accounts
import Core
import EventLog
import KeyValue
import SQL
import SocialGraph

/// Writing, changing and reading posts.
package struct PostService: Sendable {
    let database: any Database
    let directory: AccountDirectory
    let relations: RelationsCache
    let library: PostLibrary
    let marks: ViewerMarksCache
    let ids: IDGenerator
    let clock: WallClock
    /// Does what clients name once for each name.
    package let commands: IdempotentCommands
    package let trending: TrendingTags

    package init(
        database: any Database, directory: AccountDirectory, relations: RelationsCache, library: PostLibrary,
        marks: ViewerMarksCache, ids: IDGenerator, clock: WallClock, locks: KeyLock<IdempotencyKey>
    ) {
        self.database = database
        self.directory = directory
        self.relations = relations
        self.library = library
        self.marks = marks
        self.ids = ids
        self.clock = clock
        commands = IdempotentCommands(database: database, clock: clock, locks: locks)
        trending = TrendingTags(database: database, clock: clock)
    }

    /// A post with its author's card.
    package struct Shown: Sendable {
        package let card: PostCard
        package let author: AccountCard
        /// What the viewer did with it.
        package var flags: ViewerFlags
        /// Who brought it here, or shared it as well.
        package let sharedBy: SharedBy?
        /// What it quotes; nil also where that is not for this viewer.
        package let quote: ShownQuote?
        /// Where it stands in the list it is shown in.
        package let place: Position

        /// - Parameter place: nil for the post's own.
        package init(
            card: PostCard, author: AccountCard, flags: ViewerFlags = .none, sharedBy: SharedBy? = nil,
            quote: ShownQuote? = nil, place: Position? = nil
        ) {
            self.card = card
            self.author = author
            self.flags = flags
            self.sharedBy = sharedBy
            self.quote = quote
            self.place = place ?? card.post.position
        }
    }

    /// The post, if this viewer may see it.
    /// - Throws: `PostsError.notFound`, also where it exists and is not for this viewer.
    package func post(_ id: ID<Post>, viewer: ID<Account>?) async throws -> Shown {
        guard let card = try await library.card(id), let author = try await directory.card(card.post.author) else {
            throw PostsError.notFound
        }
        let relations = try await relations(of: viewer)
        let root = try await library.threads.root(of: card.post, in: directory)
        guard PostVisibility.admits(card.post, author: author.standing, root: root, relations: relations) else {
            throw PostsError.notFound
        }
        return Shown(
            card: card, author: author, flags: try await flags(of: [card.post.id], viewer)[id] ?? .none,
            quote: try await quotes(of: [card], relations).values.first)
    }

    /// A post that the viewer marked once, though it may be out of sight since: for taking the mark back, never to be shown.
    /// - Returns: nil for one that is gone or without marks of the viewer.
    package func marked(_ id: ID<Post>, viewer: ID<Account>) async throws -> Shown? {
        guard let card = try await library.card(id), let author = try await directory.card(card.post.author),
            let flags = try await flags(of: [id], viewer)[id]
        else { return nil }
        return Shown(card: card, author: author, flags: flags)
    }

    /// The same as `post`, where it is all in memory; never blocks. Nil says nothing: ask `post`.
    package func cachedPost(_ id: ID<Post>, viewer: ID<Account>?) -> Shown? {
        var relations: Relations?
        if let viewer {
            relations = self.relations.cached(viewer)
            guard relations != nil else { return nil }
        }
        guard let known = library.cached(Position(id.rawValue)), let card = known, card.post.id == id,
            card.post.quote == nil,
            let author = directory.cached(card.post.author),
            let root = library.threads.cached(of: card.post, in: directory),
            PostVisibility.admits(card.post, author: author.standing, root: root, relations: relations)
        else { return nil }
        guard let viewer else { return Shown(card: card, author: author) }
        guard let flags = marks.cached(viewer)?.flags(of: id.rawValue) else { return nil }
        return Shown(card: card, author: author, flags: flags)
    }

    /// Those of these posts that the viewer may see, in the order asked for.
    /// - Parameter muted: what quotes in them do not show.
    package func posts(
        _ wanted: [ID<Post>], viewer: ID<Account>?, muted: MutedText? = nil
    ) async throws -> [Shown] {
        let cards = try await library.cards(wanted)
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        let roots = try await library.threads.roots(of: cards.values.lazy.map(\.post), in: directory)
        let relations = try await relations(of: viewer)
        let flags = try await flags(of: wanted, viewer)
        let quotes = try await quotes(of: cards.values, relations, muted: muted)
        return wanted.compactMap { id in
            guard let card = cards[id], let author = authors[card.post.author],
                PostVisibility.admits(
                    card.post, author: author.standing, root: roots[of: card.post], relations: relations)
            else { return nil }
            return Shown(
                card: card, author: author, flags: flags[id] ?? .none,
                quote: card.post.quote.flatMap { quotes[$0.post] })
        }
    }

    func flags(of posts: [ID<Post>], _ viewer: ID<Account>?) async throws -> [ID<Post>: ViewerFlags] {
        guard let viewer else { return [:] }
        return try await marks.flags(of: posts, viewer: viewer)
    }

    func relations(of viewer: ID<Account>?) async throws -> Relations? {
        guard let viewer else { return nil }
        return try await relations.relations(of: viewer)
    }
}
