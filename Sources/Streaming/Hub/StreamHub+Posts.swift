import Accounts
import Core
import Posts
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
        for post in posts where post.shared == nil {
            // What is gone again already was never new.
            guard let card = cards[Position(post.position)], let author = authors[card.post.author] else { continue }
            let event = StreamEvent.postNew(card.post.id, author: card.post.author)
            try await tell(event, of: card, author, to: room.withLock { $0.listeners(to: post.author) })
        }
    }

    /// Tells of posts that were edited or have gone.
    func tellChanges(of posts: [PublishedPost]) async throws {
        guard !posts.isEmpty else { return }
        let ids = work.withLock { work in
            defer { work.ids = [:] }
            return work.ids
        }
        let cards = try await library.cards(at: posts.map { Position($0.position) })
        let authors = try await directory.cards(Array(Set(posts.map { ID($0.author) })))
        let watchers = room.withLock { $0.watchers(of: Set(posts.map(\.position))) }
        for post in Set(posts) {
            let others = watchers.filter { $0.value.contains(post.position) }.keys
            let listeners = Array(Set(room.withLock { $0.listeners(to: post.author) }).union(others))
            var shown: Set<Int64> = []
            if let card = cards[Position(post.position)], let author = authors[card.post.author] {
                let event = StreamEvent.postUpdated(card.post.id, author: card.post.author)
                shown = try await tell(event, of: card, author, to: listeners)
            }
            // Of a post that someone was never told of, its end is no news, and perhaps none of their business.
            let left = room.withLock { room in
                let left = listeners.filter {
                    !shown.contains($0) && room.audiences[$0]?.watches(post.position) == true
                }
                for account in left { room.audiences[account]?.unwatch(post.position) }
                return left
            }
            if let id = ids[post.position] { tell(.postDeleted(ID(id)), to: left) }
        }
    }

    /// - Returns: those whose home feed shows the post.
    @discardableResult
    func tell(
        _ event: StreamEvent, of card: PostCard, _ author: AccountCard, to listeners: [Int64]
    ) async throws -> Set<Int64> {
        var viewers: Set<Int64> = []
        for listener in listeners {
            let known = relations.cached(ID(listener))
            let relations = if let known { known } else { try await self.relations.relations(of: ID(listener)) }
            let filter = HomeFilter(relations: relations, now: clock.now())
            if try await shows(card, author, filter) { viewers.insert(listener) }
        }
        tell(event, to: viewers, watching: card.post.position.rawValue)
        return viewers
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
        var json = JSONWriter(capacity: 128 * shown.count)
        json.raw("{\"posts\":[")
        for (index, card) in shown.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{\"post_id\":")
            json.id(card.post.id.rawValue)
            json.raw(",\"likes_count\":")
            json.integer(card.likes)
            json.raw(",\"comments_count\":")
            json.integer(card.comments)
            json.raw(",\"shares_count\":")
            json.integer(card.shares)
            json.raw("}")
        }
        json.raw("]}")
        tell(.counters(json.bytes), to: [account])
    }
}
