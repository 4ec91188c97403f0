import Accounts
import Core
import Posts
import SocialGraph

/// Some entries of a skeleton with all that is to be known to show them.
struct Stretch: Sendable {
    enum Entry {
        case shown(PostService.Shown)
        case hidden
        /// For good.
        case gone
    }

    private let filter: HomeFilter
    /// By the position of the post.
    private let cards: [Position: PostCard]
    private let reposts: [Position: Repost]
    private let sharings: [ID<Post>: [Sharing]]
    private let accounts: [ID<Account>: AccountCard]
    private let roots: ThreadRoots
    private let flags: [ID<Post>: ViewerFlags]
    private let quotes: [ID<Post>: ShownQuote]

    init(_ positions: [Position], filter: HomeFilter, reader: FeedReader) async throws {
        let library = reader.library
        var cards = try await library.cards(at: positions)
        let reposts = try await library.reposts.reposts(at: positions.filter { cards[$0] == nil })
        if !reposts.isEmpty {
            cards.merge(try await library.cards(at: reposts.values.map(\.postPosition))) { own, _ in own }
        }
        let shared = Set(cards.values.filter(\.isShared).map(\.post.id)).union(reposts.values.map(\.post))
        let sharings = try await library.reposts.sharings(
            of: Array(shared), for: filter.relations, in: filter.list)
        let people = Set(cards.values.map(\.post.author)).union(sharings.values.joined().map(\.sharer))
        self.filter = filter
        self.cards = cards
        self.reposts = reposts
        self.sharings = sharings
        accounts = try await reader.directory.cards(Array(people))
        quotes = try await ShownQuote.load(
            for: cards.values, relations: filter.relations, muted: filter.mutedText, inFeed: true, from: library,
            reader.directory, reader.marks)
        roots = try await library.threads.roots(of: cards.values.lazy.map(\.post), in: reader.directory)
        flags = try await reader.marks.flags(of: cards.values.map(\.post.id), viewer: filter.relations.viewer)
    }

    /// What the viewer is shown of an entry.
    func entry(at position: Position) -> Entry {
        let repost = reposts[position]
        guard let card = cards[repost?.postPosition ?? position] else { return .gone }
        let post = card.post
        let flags = flags[post.id] ?? .none
        guard let author = accounts[post.author], !flags.isHidden else { return .hidden }
        let sharedBy = sharings[post.id].flatMap { SharedBy($0, of: post.author, cards: { accounts[$0] }) }
        let root = roots[of: post]
        if repost == nil {
            guard filter.removal(of: card, author: author.standing, root: root) == nil else { return .hidden }
        } else {
            guard filter.admitsShared(card, author: author.standing, root: root), sharedBy?.earliest == position
            else { return .hidden }
        }
        return .shown(
            PostService.Shown(
                card: card, author: author, flags: flags, sharedBy: sharedBy,
                quote: post.quote.flatMap { quotes[$0.post] }, place: position))
    }
}
