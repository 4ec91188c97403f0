import Accounts
import Core
import Posts
import SQL
import SocialGraph
import Synchronization
import Timelines

/// What may make posts leave home feeds.
struct Departures {
    /// Posts, with those who shared them and do so no longer.
    var unshared: [Int64: Set<Int64>] = [:]
    /// Those whose relations to others, or whose own wishes, changed.
    var viewers: Set<Int64> = []
    /// Accounts that became private, or are gone.
    var accounts: Set<Int64> = []

    var isEmpty: Bool { unshared.isEmpty && viewers.isEmpty && accounts.isEmpty }
}

// Posts that come and go with reposts, and those that leave with who brought them
extension StreamHub {
    /// Whether a home feed shows the post, by itself or since a followee shared it.
    func shows(_ card: PostCard, _ author: AccountCard, _ filter: HomeFilter) async throws -> Bool {
        let viewer = filter.relations.viewer
        guard try await !feed.hides(card.post.id, from: viewer) else { return false }
        let root = try await library.threads.root(of: card.post, in: directory)
        if filter.removal(of: card, author: author.standing, root: root) == nil { return true }
        return try await placeOfShare(of: card, author, filter) != nil
    }

    /// Where the repost stands that brings a post into a home feed which has it for no other reason.
    private func placeOfShare(
        of card: PostCard, _ author: AccountCard, _ filter: HomeFilter
    ) async throws -> Position? {
        guard card.isShared else { return nil }
        let root = try await library.threads.root(of: card.post, in: directory)
        guard filter.removal(of: card, author: author.standing, root: root) != nil,
            filter.admitsShared(card, author: author.standing, root: root)
        else { return nil }
        let id = card.post.id
        let sharings = try await library.reposts.sharings(of: [id], for: filter.relations)[id] ?? []
        let people = try await directory.cards(sharings.map(\.sharer))
        return SharedBy(sharings, of: card.post.author, cards: { people[$0] })?.earliest
    }

    /// Tells of reposts to those whose feeds did not show the post before.
    func tellShared(_ shares: [PublishedPost]) async throws {
        guard !shares.isEmpty else { return }
        let cards = try await library.cards(shares.compactMap { $0.shared.map { ID($0) } })
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        for share in shares {
            guard let card = share.shared.flatMap({ cards[ID($0)] }), let author = authors[card.post.author] else {
                continue
            }
            var viewers: [Int64] = []
            let position = card.post.position.rawValue
            let listeners = room.withLock { room in
                // Those who have it before them hear nothing new.
                room.listeners(to: share.author).filter { room.audiences[$0]?.watches(position) != true }
            }
            for listener in listeners {
                let filter = try await filter(of: listener)
                // One that somebody shared before is there already.
                guard try await placeOfShare(of: card, author, filter)?.rawValue == share.position,
                    try await !feed.hides(card.post.id, from: ID(listener))
                else { continue }
                viewers.append(listener)
            }
            let event = StreamEvent.postNew(card.post.id, sharer: ID(share.author))
            tell(event, to: viewers, watching: position)
        }
    }

    /// Tells of posts that were told of, or stood on the first page, and are not shown any more.
    func tell(_ departures: Departures) async throws {
        guard !departures.isEmpty else { return }
        for (viewer, positions) in try await doubtful(departures) {
            let cards = try await library.cards(at: positions.map { Position($0) })
            let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
            let filter = try await filter(of: viewer)
            for position in positions.sorted() {
                guard let card = cards[Position(position)] else { continue }
                if let author = authors[card.post.author], try await shows(card, author, filter) { continue }
                tellEnd(of: card.post.id, at: position, to: [viewer])
            }
        }
    }

    /// Those to look at again, with the posts that matter to them.
    private func doubtful(_ departures: Departures) async throws -> [Int64: Set<Int64>] {
        let shared = try await library.cards(departures.unshared.keys.map { ID($0) })
        let buckets = Set(departures.accounts.map { ID<Account>($0).bucket })
        let standing = try await directory.cards(departures.accounts.map { ID($0) })
        let gone = departures.accounts.filter { standing[ID($0)]?.account.isActive != true }
        return room.withLock { room in
            var found: [Int64: Set<Int64>] = [:]
            for viewer in departures.viewers {
                if let watched = room.audiences[viewer]?.watched, !watched.isEmpty { found[viewer] = watched }
            }
            for (post, sharers) in departures.unshared {
                guard let position = shared[ID(post)]?.post.position.rawValue else { continue }
                for viewer in Set(sharers.flatMap { room.listeners(to: $0) })
                where room.audiences[viewer]?.watches(position) == true {
                    found[viewer, default: []].insert(position)
                }
            }
            guard !buckets.isEmpty else { return found }
            // What their followers may have by their reposts.
            for viewer in Set(gone.flatMap { room.listeners(to: $0) }) {
                if let watched = room.audiences[viewer]?.watched { found[viewer, default: []].formUnion(watched) }
            }
            // A post's position lies in its author's bucket.
            for (viewer, audience) in room.audiences {
                let watched = audience.watched(inBuckets: buckets)
                if !watched.isEmpty { found[viewer, default: []].formUnion(watched) }
            }
            return found
        }
    }

    func filter(of listener: Int64) async throws -> HomeFilter {
        // A process that was stopped may hold relations from before a block that was acknowledged meanwhile.
        let known = database.cacheLease.isValid ? relations.cached(ID(listener)) : nil
        let relations = if let known { known } else { try await self.relations.relations(of: ID(listener)) }
        return HomeFilter(relations: relations, now: clock.now())
    }
}
