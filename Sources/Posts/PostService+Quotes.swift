import Accounts
import Core
import SQL
import SocialGraph

// Quotes
extension PostService {
    /// What a draft quotes, where its author lets this account, and what the account is shown of it.
    /// - Throws: `PostsError.invalid` for a post that is not there for this author, `PostsError.sharingClosed`.
    func quoted(by draft: PostDraft, author: ID<Account>) async throws -> (quote: Quote, shown: ShownQuote?)? {
        guard let id = draft.quoteOf else { return nil }
        do {
            let shown = try await post(id, viewer: author)
            try await requireSharing(of: shown, by: author)
            let post = shown.card.post
            let quote = Quote(post: post.id, author: post.author, position: post.position)
            let relations = try await relations(of: author)
            let root = try await library.threads.root(of: post, in: directory)
            return (
                quote,
                ShownQuote(
                    quote, card: shown.card, author: shown.author, root: root, relations: relations,
                    flags: shown.flags)
            )
        } catch let error as PostsError where error.code == .notFound {
            throw PostsError.invalid("quote_of", "quote_of names no post that you can see.")
        }
    }

    /// What these posts quote, by the quoted post.
    /// - Parameter inFeed: whether what the viewer hid is missing.
    func quotes(
        of cards: some Collection<PostCard>, _ relations: Relations?, muted: MutedText? = nil, inFeed: Bool = false
    ) async throws -> [ID<Post>: ShownQuote] {
        try await ShownQuote.load(
            for: cards, relations: relations, muted: muted, inFeed: inFeed, from: library, directory, marks)
    }

    /// A page of the posts that quote a post, the newest first. Those that the viewer may not see, or whose authors are
    /// muted, are left out.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func quotes(
        of id: ID<Post>, viewer: ID<Account>?, before: Position, limit: Int
    ) async throws -> (posts: [Shown], next: Position?) {
        _ = try await post(id, viewer: viewer)
        return try await filledPage(before: before, limit: limit) { place, count, store in
            try QuoteRows.page(of: id, before: place, limit: count, store)
        } show: {
            try await visible($0, viewer: viewer, muting: .comments)
        }
    }
}
