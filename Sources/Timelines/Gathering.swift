import Accounts
import Core
import Posts
import SocialGraph

/// Collects the visible posts of a page from stretches of skeleton.
struct Gathering {
    private let reader: FeedReader
    private let filter: HomeFilter
    private let limit: Int
    private var kept: [PostService.Shown] = []
    /// Entries whose post is gone for good.
    private var gone: Set<Int64> = []
    /// How much skeleton was asked for last.
    private(set) var asked = 0

    init(reader: FeedReader, relations: Relations, limit: Int) {
        self.reader = reader
        self.limit = limit
        filter = HomeFilter(relations: relations)
        kept.reserveCapacity(limit + 1)
    }

    /// One more than the page shows, which tells whether another follows.
    var isComplete: Bool { kept.count > limit }

    /// How much skeleton to ask for next: what is missing, and some for what the filter will remove.
    mutating func nextBatch() -> Int {
        asked = limit + 1 - kept.count + 8
        return asked
    }

    /// Takes these positions if everything about them is in memory; else takes nothing and returns false.
    mutating func takeKnown(_ positions: [Position]) -> Bool {
        let keptBefore = kept.count
        for position in positions where !isComplete {
            guard let known = reader.library.cached(position) else { return undo(to: keptBefore) }
            guard let card = known else {
                gone.insert(position.rawValue)
                continue
            }
            guard let author = reader.directory.cached(card.post.author) else { return undo(to: keptBefore) }
            add(card, author)
        }
        return true
    }

    /// Takes these positions, loading what is missing in one read for posts and one for authors.
    mutating func take(_ positions: [Position]) async throws {
        if takeKnown(positions) { return }
        let cards = try await reader.library.cards(at: positions)
        let authors = try await reader.directory.cards(Array(Set(cards.values.map(\.post.author))))
        for position in positions where !isComplete {
            guard let card = cards[position] else {
                gone.insert(position.rawValue)
                continue
            }
            if let author = authors[card.post.author] { add(card, author) }
        }
    }

    func page(latest: Int64) -> FeedPage {
        // A deleted post never comes back, so its entry can go at once.
        if !gone.isEmpty { reader.home.remove(gone, from: filter.relations.viewer) }
        return FeedPage(
            posts: Array(kept.prefix(limit)), next: isComplete ? kept[limit - 1].card.post.position : nil,
            latest: latest)
    }

    private mutating func add(_ card: PostCard, _ author: AccountCard) {
        guard filter.removal(of: card.post, author: author.account) == nil else { return }
        kept.append(PostService.Shown(card: card, author: author))
    }

    private mutating func undo(to count: Int) -> Bool {
        kept.removeLast(kept.count - count)
        return false
    }
}
