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
    /// Where the next page begins, if this one ends before it is full.
    private var stop: Position?
    /// How much skeleton was asked for last.
    private(set) var asked = 0

    /// - Parameter now: in milliseconds since 1970; nil gathers what muted words hide, too.
    init(reader: FeedReader, relations: Relations, list: ListScope? = nil, limit: Int, now: Int64?) {
        self.reader = reader
        self.limit = limit
        filter = HomeFilter(relations: relations, list: list, now: now)
        kept.reserveCapacity(limit + 1)
    }

    /// One more than the page shows, which tells whether another follows.
    var isComplete: Bool { kept.count > limit || stop != nil }

    /// Ends the page here, full or not.
    mutating func stop(at position: Position) {
        if !isComplete { stop = position }
    }

    /// How much skeleton to ask for next: what is missing, and some for what the filter will remove.
    mutating func nextBatch() -> Int {
        asked = limit + 1 - kept.count + 8
        return asked
    }

    /// Takes these positions, loading what is missing in a few reads for all of them.
    mutating func take(_ positions: [Position]) async throws {
        let stretch = try await Stretch(positions, filter: filter, reader: reader)
        for position in positions where !isComplete {
            switch stretch.entry(at: position) {
            case .shown(let shown): kept.append(shown)
            case .hidden: break
            case .gone: gone.insert(position.rawValue)
            }
        }
    }

    /// Ends the gathering.
    consuming func page(latest: Int64) -> FeedPage {
        // A deleted post never comes back, so its entry can go at once.
        if !gone.isEmpty { reader.home.remove(gone, from: filter.relations.viewer) }
        guard kept.count > limit else { return FeedPage(posts: kept, next: stop, latest: latest) }
        kept.removeLast(kept.count - limit)
        return FeedPage(posts: kept, next: kept.last?.place, latest: latest)
    }
}
