import Accounts
import Core
import Posts
import SQL
import SocialGraph
import Synchronization
import Timelines

extension StreamHub {
    /// Lets posts wait until fan-out has passed them: then a feed that is loaded anew has them.
    func expect(_ posts: [PublishedPost]) async throws {
        guard !posts.isEmpty else { return }
        // They are committed, so their events are in the log at or below its head.
        let offset = try await feed.fanOutHead()
        let isOverfull = work.withLock { work in
            work.published.append((offset, posts))
            return work.published.count > settings.batchesWaitingMax
        }
        if isOverfull { loseEverything() }
    }

    /// Tells of the posts that feeds show by now.
    func tellPublished() async throws {
        let reached = feed.reached
        let posts = work.withLock { work in
            let count = work.published.prefix { $0.offset <= reached }.count
            defer { work.published.removeFirst(count) }
            return work.published.prefix(count).flatMap(\.posts)
        }
        guard !posts.isEmpty else { return }
        let cards = try await library.cards(at: posts.map { Position($0.position) })
        let authors = try await directory.cards(Array(Set(posts.map { ID($0.author) })))
        try await tellShared(posts.filter { $0.shared != nil })
        var told: [Int64: Set<Int64>] = [:]
        for post in posts where post.shared == nil {
            // What is gone again already was never new.
            guard let card = cards[Position(post.position)], let author = authors[card.post.author] else { continue }
            let readers = post.readers ?? Set(room.withLock { $0.listeners(to: post.author) })
            let listeners = readers.subtracting(told[post.position] ?? [])
            let viewers = try await viewers(of: card, author, among: listeners)
            tell(.postNew(card.post.id), to: viewers, watching: post.position)
            told[post.position, default: []].formUnion(viewers)
        }
        forget(told)
    }

    /// A post that was opened before it was told of is new once.
    private func forget(_ told: [Int64: Set<Int64>]) {
        work.withLock { work in
            for batch in work.published.indices {
                for place in work.published[batch].posts.indices {
                    guard let viewers = told[work.published[batch].posts[place].position] else { continue }
                    work.published[batch].posts[place].readers?.subtract(viewers)
                }
            }
        }
    }

    /// Those who wait for fan-out to be told of a post that was opened to them.
    private func awaiting() -> [Int64: Set<Int64>] {
        let waiting = work.withLock { $0.published.flatMap(\.posts) }
        return waiting.reduce(into: [:]) { $0[$1.position, default: []].formUnion($1.readers ?? []) }
    }

    /// Tells of posts that were edited or have gone.
    /// - Returns: those that are new to some, since they were opened. Their feeds may not have them yet.
    func tellChanges(of posts: [PublishedPost]) async throws -> [PublishedPost] {
        guard !posts.isEmpty else { return [] }
        var opened: [PublishedPost] = []
        let ids = work.withLock { work in
            defer { work.ids = [:] }
            return work.ids
        }
        let cards = try await library.cards(at: posts.map { Position($0.position) })
        let authors = try await directory.cards(Array(Set(posts.map { ID($0.author) })))
        let watchers = room.withLock { $0.watchers(of: Set(posts.map(\.position))) }
        let awaiting = awaiting()
        for post in Set(posts) {
            var listeners = Set(watchers.filter { $0.value.contains(post.position) }.keys)
            var shown: Set<Int64> = []
            if let card = cards[Position(post.position)], let author = authors[card.post.author] {
                // What changes besides, such as its settings or a name that was erased, concerns those who have it.
                let isEdited = isRecent(card.post.editedAt)
                if isEdited { listeners.formUnion(room.withLock { $0.listeners(to: post.author) }) }
                shown = try await viewers(of: card, author, among: listeners)
                let told = shown.subtracting(awaiting[post.position] ?? [])
                let readers = isEdited ? try await newReaders(of: card, author, among: told) : []
                tell(.postUpdated(card.post.id), to: told.subtracting(readers), watching: post.position)
                if !readers.isEmpty {
                    opened.append(PublishedPost(author: post.author, position: post.position, readers: readers))
                }
            }
            if let id = ids[post.position] {
                tellEnd(of: ID(id), at: post.position, to: listeners.subtracting(shown))
            }
        }
        return opened
    }

    /// Whether an edit is among what a stream could still tell.
    private func isRecent(_ editedAt: Int64?) -> Bool {
        guard let editedAt else { return false }
        return clock.now() - editedAt < settings.backlogAge.components.seconds * 1_000
    }

    /// - Returns: those whose home feed shows the post.
    private func viewers(
        of card: PostCard, _ author: AccountCard, among listeners: Set<Int64>
    ) async throws -> Set<Int64> {
        var viewers: Set<Int64> = []
        for listener in listeners where try await shows(card, author, try await filter(of: listener)) {
            viewers.insert(listener)
        }
        return viewers
    }

    /// - Returns: those who could not see the post before it was edited, and to whom it does not matter yet.
    private func newReaders(
        of card: PostCard, _ author: AccountCard, among viewers: Set<Int64>
    ) async throws -> Set<Int64> {
        let post = card.post
        let position = post.position.rawValue
        let others = room.withLock { room in
            viewers.filter { $0 != post.author.rawValue && room.audiences[$0]?.watches(position) != true }
        }
        guard post.version > 1, !others.isEmpty,
            let before = try await database.read({ try PostQueries.visibility(of: post.id, before: post.version, $0) }),
            post.visibility.opens(from: before)
        else { return [] }
        var readers: Set<Int64> = []
        for viewer in others {
            let relations = try await filter(of: viewer).relations
            if !PostVisibility.admits(before, author: author.standing, relations: relations) { readers.insert(viewer) }
        }
        return readers
    }

    /// Tells how often posts were liked, answered and shared by now, to those who have them before them.
    func tellCounters() async throws {
        let counted = work.withLock { work in
            defer { work.counted = [] }
            return work.counted
        }
        guard !counted.isEmpty else { return }
        let watched = room.withLock { $0.watchers(of: counted) }
        guard !watched.isEmpty else { return }
        let cards = try await library.cards(at: Set(watched.values.joined()).map { Position($0) })
        for (account, positions) in watched {
            try await tellCounters(of: positions.sorted().compactMap { cards[Position($0)] }, to: account)
        }
    }

    private func tellCounters(of cards: [PostCard], to account: Int64) async throws {
        let filter = HomeFilter(relations: try await relations.relations(of: ID(account)), now: clock.now())
        let authors = try await directory.cards(cards.map(\.post.author))
        var shown: [PostCard] = []
        for card in cards {
            guard let author = authors[card.post.author],
                try await shows(card, author, filter)
            else { continue }
            shown.append(card)
        }
        guard !shown.isEmpty else { return }
        let counts = shown.map {
            PostCounts(post: $0.post.id, likes: $0.likes, comments: $0.comments, shares: $0.shares)
        }
        tell(.counters(counts), to: [account])
    }
}
