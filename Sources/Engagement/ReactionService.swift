import Accounts
import Core
import EventLog
import Posts
import SQL
import SocialGraph

/// Marks the ids of reactions, which order lists of them.
package enum ReactionRow {}

/// Reactions to posts, and to comments, which are posts.
package struct ReactionService: Sendable {
    /// Tries of a write that finds the store other than memory said.
    private static let attemptsMax = 4

    private let database: any Database
    private let posts: PostService
    private let marks: ViewerMarksCache
    private let directory: AccountDirectory
    private let relations: RelationsCache
    private let ids: IDGenerator
    private let clock: WallClock

    package init(
        database: any Database, posts: PostService, marks: ViewerMarksCache, directory: AccountDirectory,
        relations: RelationsCache, ids: IDGenerator, clock: WallClock
    ) {
        self.database = database
        self.posts = posts
        self.marks = marks
        self.directory = directory
        self.relations = relations
        self.ids = ids
        self.clock = clock
    }

    /// Reacts; another reaction replaces the one that is there, and the same again changes nothing.
    /// - Returns: the post, with the viewer's reaction.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func react(
        _ reaction: Reaction, to id: ID<Post>, viewer: ID<Account>
    ) async throws -> PostService.Shown {
        try await settle(viewer, find: { try await posts.post(id, viewer: viewer) }) { post, flags in
            guard flags.reaction != reaction else { return nil }
            let row: ID<ReactionRow> = try await ids.next(bucket: viewer.bucket)
            let event = event(.reacted, post, viewer, now: reaction, before: flags.reaction)
            let write =
                flags.reaction == nil
                ? ReactionWrites.insert(reaction, to: post, by: viewer, row: row)
                : ReactionWrites.replace(flags.reaction, with: reaction, on: post, by: viewer)
            return ([write, Outbox.append(event)], reaction.rawValue)
        }
    }

    /// Takes the viewer's reaction back, if there is one, also from a post that is not to be seen any more.
    /// - Throws: `PostsError.notFound` for a post that the viewer may not see and did not react to.
    package func unreact(to id: ID<Post>, viewer: ID<Account>) async throws {
        let find = {
            if let marked = try await posts.marked(id, viewer: viewer), marked.flags.reaction != nil { return marked }
            return try await posts.post(id, viewer: viewer)
        }
        _ = try await settle(viewer, find: find) { post, flags in
            guard let before = flags.reaction else { return nil }
            return (
                [
                    ReactionWrites.delete(before, of: post, by: viewer),
                    Outbox.append(event(.unreacted, post, viewer, now: nil, before: before)),
                ], 0
            )
        }
    }

    /// Commits what `change` asks for, given what the viewer did so far. Memory may be behind another process: a write that
    /// finds another state begins anew with what the store says.
    private func settle(
        _ viewer: ID<Account>, find: () async throws -> PostService.Shown,
        _ change: (Post, ViewerFlags) async throws -> (statements: [Statement], value: Int64)?
    ) async throws -> PostService.Shown {
        var shown = try await find()
        let post = shown.card.post
        for attempt in 1...Self.attemptsMax {
            guard let (statements, value) = try await change(post, shown.flags) else { break }
            let mask = ViewerFlags.Field.reaction.mask
            do {
                _ = try await database.commit(
                    statements + MarkQueries.set(.reaction, to: value, of: post.id, by: viewer),
                    announcing: [
                        .marked(account: viewer.rawValue, post: post.id.rawValue, mask: mask, value: value),
                        .eventsAppended,
                    ])
                shown.flags = shown.flags.replacing(mask, with: value)
                break
            } catch is ReactionWrites.Stale where attempt < Self.attemptsMax {
                marks.forget(viewer)
                shown = try await find()
            }
        }
        return shown
    }

    private func event(
        _ kind: EventKind, _ post: Post, _ actor: ID<Account>, now: Reaction?, before: Reaction?
    ) -> Event {
        Event(
            kind, key: actor.rawValue, subject: post.id.rawValue, object: post.author.rawValue,
            position: post.position.rawValue, flags: ReactionFlags(now: now, before: before).rawValue,
            occurredAt: clock.now())
    }
}

// Lists
extension ReactionService {
    package struct Page: Sendable {
        package let reactions: [(account: AccountCard, reaction: Reaction)]
        /// How many there are of each kind, as of the last flush of the counters.
        package let counts: [Reaction: Int64]
        package let next: Int64?
    }

    /// Who reacted, the newest first. Accounts that are gone or kept apart from the viewer are left out.
    /// - Parameter only: one kind, or nil for all.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func reactions(
        to id: ID<Post>, only: Reaction?, viewer: ID<Account>?, before: Int64?, limit: Int
    ) async throws -> Page {
        _ = try await posts.post(id, viewer: viewer)
        let counts = try await database.read { try ReactionQueries.counts(id, $0) }
        let known = if let viewer { try await relations.relations(of: viewer) } else { nil as Relations? }
        let page = try await database.filledPage(after: before, limit: limit, place: \.row) { place, count, store in
            try ReactionQueries.page(id, only: only, before: place ?? .max, limit: count, store)
        } show: { rows -> [(row: ReactionQueries.Row, entry: (account: AccountCard, reaction: Reaction))] in
            let cards = try await directory.cards(rows.map(\.actor))
            return rows.compactMap { row in
                guard let card = cards[row.actor], card.account.isActive, known?.apart.contains(row.actor) != true
                else { return nil }
                return (row: row, entry: (account: card, reaction: row.reaction))
            }
        }
        return Page(reactions: page.entries, counts: counts, next: page.next)
    }
}

/// What a reaction was and became, in the flags of its event.
package struct ReactionFlags {
    let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    init(now: Reaction?, before: Reaction?) {
        rawValue = (now?.rawValue ?? 0) | (before?.rawValue ?? 0) << 4
    }

    package var now: Reaction? { Reaction(rawValue: rawValue & 15) }
    package var before: Reaction? { Reaction(rawValue: rawValue >> 4 & 15) }
}
