import Accounts
import Core

extension PostService {
    /// The cards of those of these posts that the viewer may see, by themselves: for whoever counts posts and shows few of them.
    package func visibleCards(
        _ wanted: some Collection<ID<Post>>, viewer: ID<Account>?
    ) async throws -> [ID<Post>: PostCard] {
        guard !wanted.isEmpty else { return [:] }
        let cards = try await library.cards(Array(wanted))
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        let roots = try await library.threads.roots(of: cards.values.lazy.map(\.post), in: directory)
        let relations = try await relations(of: viewer)
        return cards.filter { _, card in
            guard let author = authors[card.post.author] else { return false }
            return PostVisibility.admits(
                card.post, author: author.standing, root: roots[of: card.post], relations: relations)
        }
    }
}
