import Accounts
import Core
import EventLog
import Posts
import SQL
import SocialGraph

extension FeedReader {
    /// More events than this between two looks, and the feed is better reloaded.
    private static let eventsMax = 10_000

    /// What became part of the viewer's feed after the event log offset `since`, newest first: late commits, posts of
    /// new followees, posts published, opened or shared late. Of posts that only old reposts bring, it tells nothing when
    /// their authors open them anew.
    /// - Parameters:
    ///   - through: the end of the span, taken from the first page's token for the pages after it; nil for the first.
    ///   - before: the position to go on below.
    /// - Returns: no posts where this process has not come to the token yet: to be asked again from the same place.
    /// - Throws: `FeedError.reload` or `.unknownToken`.
    package func page(
        of viewer: ID<Account>, since: Int64, through: Int64?, before: Position, limit: Int
    ) async throws -> FeedPage {
        let token = max(since, through ?? since)
        // Taken first: the relations and posts that are read next are no older than the end of the span.
        let head = try await head(for: token)
        guard token <= head else {
            return FeedPage(posts: [], next: through == nil ? nil : before, latest: through ?? since)
        }
        let relations = try await relations.relations(of: viewer)
        let span = try await span(relations, since: since, end: through ?? head)
        var gathering = Gathering(reader: self, relations: relations, limit: limit, now: clock.now())
        var cursor = before
        while !gathering.isComplete {
            let positions = try await candidates(span, relations, before: cursor, limit: gathering.nextBatch())
            try await gathering.take(positions)
            guard let last = positions.last, positions.count == gathering.asked else { break }
            cursor = last
        }
        return gathering.page(latest: span.end)
    }

    /// How far fan-out has come here, after a short wait where another process, or this one in an earlier life, has already
    /// given a token from beyond that.
    /// - Throws: `FeedError.unknownToken` for what the log itself has not come to, so that nobody can have given it.
    private func head(for token: Int64) async throws -> Int64 {
        var head = fanOutOffset()
        guard token > head else { return head }
        guard try await token <= database.read({ try Outbox.head($0) }) else { throw FeedError.unknownToken }
        let end = ContinuousClock.now.advanced(by: Limits.sinceWait)
        while head < token, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
            head = fanOutOffset()
        }
        return head
    }

    /// What a span of the event log may have added to a feed.
    private struct Span: Sendable {
        let end: Int64
        var positions: Set<Int64> = []
        /// Authors all of whose posts became part of the feed.
        var authors: Set<Int64> = []
        /// New followees: replies to them by others followed became part of the feed.
        var repliedTo: Set<Int64> = []

        /// - Parameter mutesWords: an edit may then take a muted word out.
        mutating func add(_ event: Event, viewer: Int64, mutesWords: Bool) {
            switch event.kind {
            case .postPublished, .shared: positions.insert(event.position)
            case .postEdited:
                let flags = PostFlags(rawValue: event.flags)
                if mutesWords || flags.visibility.opens(from: flags.previousVisibility) {
                    positions.insert(event.position)
                }
            case .followed where event.key == viewer:
                authors.insert(event.subject)
                repliedTo.insert(event.subject)
            case .unmuted where event.key == viewer, .closeFriendAdded where event.key == viewer:
                authors.insert(event.subject)
            case .accountReinstated: authors.insert(event.subject)
            default: break
            }
        }
    }

    private func span(_ relations: Relations, since: Int64, end: Int64) async throws -> Span {
        // Key 0 is that of bulk imports.
        let keys = relations.following.values + [relations.viewer.rawValue, 0]
        let (pruned, events) = try await database.read { store in
            (
                try Outbox.prunedThrough(store),
                try Outbox.events(ofKeys: keys, after: since, through: end, limit: Self.eventsMax + 1, store)
            )
        }
        let isBeyondTelling = events.contains {
            $0.key == 0
                || (($0.kind == .wordsUnmuted || $0.kind == .listOpened) && $0.key == relations.viewer.rawValue)
        }
        guard since >= pruned, events.count <= Self.eventsMax, !isBeyondTelling else {
            throw FeedError.reload
        }
        var span = Span(end: end)
        for event in events {
            span.add(event, viewer: relations.viewer.rawValue, mutesWords: relations.mutedWords != nil)
        }
        return span
    }

    private func candidates(
        _ span: Span, _ relations: Relations, before: Position, limit: Int
    ) async throws -> [Position] {
        var found = span.positions.filter { $0 < before.rawValue }
        if !span.authors.isEmpty {
            let now = clock.now()
            let posts = try await source.posts(
                ofAuthors: Array(span.authors), before: before, limit: limit, now: now)
            found.formUnion(posts.map(\.rawValue))
        }
        if !span.repliedTo.isEmpty {
            let replies = try await source.replies(
                to: Array(span.repliedTo), by: relations.following.values, before: before, limit: limit)
            found.formUnion(replies.map(\.rawValue))
        }
        return found.sorted(by: >).prefix(limit).map { Position($0) }
    }
}

extension Limits {
    /// How long news waits for this process to come to the reader's token.
    static let sinceWait: Duration = .milliseconds(300)
}
