import Accounts
import Core
import KeyValue
import SQL
import Synchronization

/// Published posts with their encoded JSON, in memory by position: bounded by bytes, loaded in batches, and never older
/// than an acknowledged change.
package final class PostLibrary: CommitObserver, Sendable {
    /// What else timelines hold.
    package let reposts: RepostLibrary
    private let database: any Database
    private let cache: CoherentCache<Position, PostCard?>
    /// Of posts that are being committed.
    private let announced = Mutex<[Int64: PostCard]>([:])

    /// Registers itself with the database.
    /// - Parameter bytesMax: the bound on the memory of the cards.
    package init(database: any Database, bytesMax: Int = 256 << 20) {
        self.database = database
        reposts = RepostLibrary(database: database)
        cache = CoherentCache(name: "posts", costMax: bytesMax, lease: database.cacheLease, cost: { $1?.cost ?? 64 })
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .published(_, _, let position): published(position)
            case .post(_, _, let position): cache.invalidate(Position(position))
            case .postCounters(let positions): for position in positions { cache.invalidate(Position(position)) }
            // An imported post may take a place that was asked for before, and found empty.
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// Keeps the card of a post that is about to be committed, so that its first readers find it in memory. It enters the
    /// cache with the announcement of its commit, which comes before that of any later change.
    package func announce(_ card: PostCard) {
        announced.withLock { $0[card.post.position.rawValue] = card }
    }

    /// Takes an announced card back, where the commit failed.
    package func withdraw(_ position: Position) {
        announced.withLock { $0[position.rawValue] = nil }
    }

    private func published(_ position: Int64) {
        if let card = announced.withLock({ $0.removeValue(forKey: position) }) {
            cache.replace(Position(position), with: card)
        } else {
            // Told again, or by another process: a card that is there is of the post since then; an empty place is not.
            cache.invalidate(Position(position), where: { $0 == nil })
        }
    }

    /// What memory says of a position; never blocks. Outer nil: not known. Inner nil: known to hold no post.
    package func cached(_ position: Position) -> PostCard?? {
        cache.peek(position)
    }

    /// Calls `body` with what memory says of a position, nil for no post; never blocks. It runs under a lock.
    /// - Returns: what `body` returns; false where memory says nothing.
    package func withCached(_ position: Position, _ body: (PostCard?) -> Bool) -> Bool {
        // Counting references to cards that every core reads would cost more than all else here. The cache holds the card
        // for as long as the lock is held.
        cache.peek(position) { place in
            guard let card = UnsafeRawPointer(place).load(as: Unmanaged<PostCard>?.self) else { return body(nil) }
            return card._withUnsafeGuaranteedRef { body($0) }
        } ?? false
    }

    /// The published posts at these positions; those that are gone are missing from the answer.
    package func cards(at positions: [Position]) async throws -> [Position: PostCard] {
        let found = try await cache.load(positions) { [database] missing in
            let dialect = database.dialect
            let rows = try await database.read { try PostQueries.cards(at: missing, dialect: dialect, $0) }
            var cards: [Position: PostCard?] = Dictionary(uniqueKeysWithValues: missing.map { ($0, nil) })
            for row in rows { cards[row.post.position] = .some(row) }
            return cards
        }
        return found.compactMapValues(\.self)
    }

    /// The published posts of these ids; those that are gone are missing from the answer.
    package func cards(_ ids: [ID<Post>]) async throws -> [ID<Post>: PostCard] {
        // For all but imported posts the id is the position.
        let byPosition = try await cards(at: ids.map { Position($0.rawValue) })
        var found: [ID<Post>: PostCard] = [:]
        for card in byPosition.values { found[card.post.id] = card }
        let missing = ids.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let dialect = database.dialect
        for card in try await database.read({ try PostQueries.cards(missing, dialect: dialect, $0) }) {
            found[card.post.id] = card
        }
        return found
    }

    /// The published post of this id.
    package func card(_ id: ID<Post>) async throws -> PostCard? {
        // For all but imported posts the id is the position.
        if let card = try await cards(at: [Position(id.rawValue)]).values.first, card.post.id == id { return card }
        let dialect = database.dialect
        return try await database.read { try PostQueries.cards([id], dialect: dialect, $0) }.first
    }
}
