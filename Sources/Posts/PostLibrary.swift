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
    /// What decides on comments besides themselves.
    package let threads: ThreadLibrary
    private let database: any Database
    private let cache: CoherentCache<Position, PostCard?>
    /// Of posts that are being committed.
    private let announced = Mutex<[Int64: PostCard]>([:])
    /// Where posts are whose position is not their id.
    private let places = Mutex<[Int64: Int64]>([:])
    let outdated = Outdated()

    /// Registers itself with the database.
    /// - Parameter bytesMax: the bound on the memory of the cards.
    package init(database: any Database, bytesMax: Int = 256 << 20) {
        self.database = database
        reposts = RepostLibrary(database: database)
        threads = ThreadLibrary(database: database)
        cache = CoherentCache(name: "posts", costMax: bytesMax, lease: database.cacheLease, cost: { $1?.cost ?? 64 })
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .published(_, _, let position): published(position)
            case .post(_, _, let position): cache.invalidate(Position(position))
            case .postCounters(let positions): counted(positions)
            case .postLikes(let posts): for post in posts { liked(post) }
            // An imported post may take a place that was asked for before, and found empty.
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// Where cards are loaded anew in a moment, warm reads go on with what they have: a post that many like would otherwise
    /// be missing from memory whenever many read it.
    private func counted(_ positions: [Int64]) {
        guard outdated.isWatched else {
            for position in positions { cache.invalidate(Position(position)) }
            return
        }
        outdated.add(positions.filter { cache.outdate(Position($0)) })
    }

    private func liked(_ post: PostLikes) {
        cache.update(Position(post.position)) { card in card = card.map { PostCard($0, likes: post.likes) } }
    }

    /// Has the card loaded anew by whoever asks for it next.
    func forget(_ position: Position) {
        cache.invalidate(position)
    }

    /// Loads the cards anew whose counters have changed.
    func refresh(_ positions: [Int64]) async {
        do {
            _ = try await cards(at: positions.map { Position($0) })
        } catch {
            for position in positions { cache.invalidate(Position(position)) }
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
        let byPosition = try await cards(at: ids.map(position))
        var found: [ID<Post>: PostCard] = [:]
        for card in byPosition.values { found[card.post.id] = card }
        let missing = ids.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        for card in try await stored(missing) { found[card.post.id] = card }
        return found
    }

    /// The published post of this id.
    package func card(_ id: ID<Post>) async throws -> PostCard? {
        let position = position(of: id)
        if let held = cache.get(position), let card = held, card.post.id == id { return card }
        if let card = try await cards(at: [position]).values.first, card.post.id == id { return card }
        return try await stored([id]).first
    }

    /// For all but imported posts the id is the position.
    private func position(of id: ID<Post>) -> Position {
        Position(places.withLock { $0[id.rawValue] } ?? id.rawValue)
    }

    private func stored(_ ids: [ID<Post>]) async throws -> [PostCard] {
        let dialect = database.dialect
        let cards = try await database.read { try PostQueries.cards(ids, dialect: dialect, $0) }
        places.withLock { places in
            if places.count + cards.count > Limits.importedPlacesMax { places = [:] }
            for card in cards where card.post.position.rawValue != card.post.id.rawValue {
                places[card.post.id.rawValue] = card.post.position.rawValue
            }
        }
        return cards
    }
}
