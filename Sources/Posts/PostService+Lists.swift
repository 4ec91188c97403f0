import Accounts
import Core
import SQL
import SocialGraph

extension PostService {
    /// A page of what one account posted and shared, newest first. What it shared stands where it was shared, without the
    /// posts that this viewer may not see.
    /// - Parameter replies: whether replies are listed too.
    /// - Returns: the posts and where the next page begins, nil at the end.
    /// - Throws: `PostsError.notFound` where the author is gone or kept apart from the viewer.
    package func posts(
        of id: ID<Account>, viewer: ID<Account>?, before: Position, limit: Int, replies: Bool
    ) async throws -> (posts: [Shown], next: Position?) {
        let relations = try await relations(of: viewer)
        guard let owner = try await directory.card(id), owner.account.isActive,
            relations?.apart.contains(id) != true
        else { throw PostsError.notFound }
        let readable = Visibility.allCases.filter {
            PostVisibility.admits($0, author: owner.standing, relations: relations)
        }
        guard !readable.isEmpty else { return ([], nil) }
        return try await filledPage(before: before, limit: limit) { place, count, store in
            try ActivityQueries.positions(of: id, before: place, limit: count, of: readable, replies: replies, store)
        } show: {
            try await activities(at: $0, of: owner, relations)
        }
    }

    private func activities(
        at positions: [Position], of owner: AccountCard, _ relations: Relations?
    ) async throws -> [Shown] {
        var cards = try await library.cards(at: positions)
        let reposts = try await library.reposts.reposts(at: positions.filter { cards[$0] == nil })
        cards.merge(try await library.cards(at: reposts.values.map(\.postPosition))) { own, _ in own }
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        let roots = try await library.threads.roots(of: cards.values.lazy.map(\.post), in: directory)
        let flags = try await flags(of: cards.values.map(\.post.id), relations?.viewer)
        let quotes = try await quotes(of: cards.values, relations)
        return positions.compactMap { position in
            let repost = reposts[position]
            guard let card = cards[repost?.postPosition ?? position], let author = authors[card.post.author],
                PostVisibility.admits(
                    card.post, author: author.standing, root: roots[of: card.post], relations: relations)
            else { return nil }
            return Shown(
                card: card, author: author, flags: flags[card.post.id] ?? .none,
                sharedBy: repost.map { _ in SharedBy(owner, at: position) },
                quote: card.post.quote.flatMap { quotes[$0.post] }, place: position)
        }
    }
}
