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
    private(set) var isWarm = true
    /// How much skeleton was asked for last.
    private(set) var asked = 0

    init(reader: FeedReader, relations: Relations, limit: Int) {
        self.reader = reader
        self.limit = limit
        filter = HomeFilter(relations: relations)
    }

    /// One more than the page shows, which tells whether another follows.
    var isComplete: Bool { kept.count > limit }
    /// How much skeleton to ask for next: what is missing, and some for what the filter will remove.
    mutating func nextBatch() -> Int {
        asked = limit + 1 - kept.count + 8
        return asked
    }

    mutating func take(_ positions: [Position]) async throws {
        let cards = try await hydrate(positions)
        let authors = try await authors(of: cards.values)
        var gone: Set<Int64> = []
        for position in positions where !isComplete {
            guard let card = cards[position] else {
                gone.insert(position.rawValue)
                continue
            }
            guard let author = authors[card.post.author] else { continue }
            if filter.removal(of: card.post, author: author.account) == nil {
                kept.append(PostService.Shown(card: card, author: author))
            }
        }
        // A deleted post never comes back, so its entry can go at once.
        if !gone.isEmpty { reader.home.remove(gone, from: filter.relations.viewer) }
    }

    func page(latest: Int64) -> FeedPage {
        FeedPage(
            posts: Array(kept.prefix(limit)), next: kept.count > limit ? kept[limit - 1].card.post.position : nil,
            latest: latest, isWarm: isWarm)
    }

    private mutating func hydrate(_ positions: [Position]) async throws -> [Position: PostCard] {
        var found: [Position: PostCard] = [:]
        found.reserveCapacity(positions.count)
        var missing: [Position] = []
        for position in positions {
            guard let known = reader.library.cached(position) else {
                missing.append(position)
                continue
            }
            if let card = known { found[position] = card }
        }
        guard !missing.isEmpty else { return found }
        isWarm = false
        return found.merging(try await reader.library.cards(at: missing)) { first, _ in first }
    }

    private func authors(of cards: some Collection<PostCard>) async throws -> [ID<Account>: AccountCard] {
        var found: [ID<Account>: AccountCard] = [:]
        var missing: [ID<Account>] = []
        for card in cards where found[card.post.author] == nil {
            if let author = reader.directory.cached(card.post.author) {
                found[card.post.author] = author
            } else {
                missing.append(card.post.author)
            }
        }
        guard !missing.isEmpty else { return found }
        return found.merging(try await reader.directory.cards(missing)) { first, _ in first }
    }
}
