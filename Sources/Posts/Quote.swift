import Accounts
import Core
import SocialGraph

/// What a post quotes.
package struct Quote: Hashable, Sendable {
    package let post: ID<Post>
    package let author: ID<Account>
    package let position: Position

    package init(post: ID<Post>, author: ID<Account>, position: Position) {
        self.post = post
        self.author = author
        self.position = position
    }

    /// As events of the quoting post carry it in their lists; nil for other lists.
    package init?(list: [Int64]) {
        guard list.count == 3 else { return nil }
        self.init(post: ID(list[0]), author: ID(list[1]), position: Position(list[2]))
    }

    var list: [Int64] { [post.rawValue, author.rawValue, position.rawValue] }
}

/// A quoted post as the viewer of the quoting one sees it.
package struct ShownQuote: Sendable {
    package let card: PostCard
    package let author: AccountCard
    package let flags: ViewerFlags

    /// - Parameters:
    ///   - root: of the thread, where the quoted post is a comment.
    ///   - inFeed: whether what the viewer hid is left out.
    /// - Returns: nil where the quote is empty for this viewer: the post is gone or not for them, its author or a word in it
    ///   is muted, or it is hidden.
    package init?(
        _ quote: Quote, card: PostCard?, author: AccountCard?, root: ThreadRoot?, relations: Relations?,
        muted: MutedText? = nil, flags: ViewerFlags = .none, inFeed: Bool = false
    ) {
        guard let card, card.post.id == quote.post, let author,
            PostVisibility.admits(card.post, author: author.standing, root: root, relations: relations),
            relations?.muted.contains(author.account.id) != true, muted?.hides(card) != true,
            !(inFeed && flags.isHidden)
        else { return nil }
        self.card = card
        self.author = author
        self.flags = flags
    }

    var byteCount: Int { card.byteCount + author.authorJSON.count }

    /// What these posts quote, by the quoted post; what is not to be shown is missing.
    /// - Parameter inFeed: whether what the viewer hid is missing, too.
    package static func load(
        for cards: some Collection<PostCard>, relations: Relations?, muted: MutedText?, inFeed: Bool,
        from library: PostLibrary, _ directory: AccountDirectory, _ marks: ViewerMarksCache
    ) async throws -> [ID<Post>: ShownQuote] {
        let quotes = Set(cards.compactMap(\.post.quote))
        guard !quotes.isEmpty else { return [:] }
        let quoted = try await library.cards(at: quotes.map(\.position))
        let authors = try await directory.cards(Array(Set(quotes.map(\.author))))
        let roots = try await library.threads.roots(of: quoted.values.lazy.map(\.post), in: directory)
        var flags: [ID<Post>: ViewerFlags] = [:]
        if let relations {
            flags = try await marks.flags(of: quotes.map(\.post), viewer: relations.viewer)
        }
        var shown: [ID<Post>: ShownQuote] = [:]
        for quote in quotes {
            let card = quoted[quote.position]
            shown[quote.post] = ShownQuote(
                quote, card: card, author: authors[quote.author], root: card.flatMap { roots[of: $0.post] },
                relations: relations, muted: muted, flags: flags[quote.post] ?? .none, inFeed: inFeed)
        }
        return shown
    }
}
