import Accounts
import Core
import EventLog
import SQL
import SocialGraph

// Reposts
extension PostService {
    /// Tries of a write that finds the store other than memory said.
    private static let shareAttemptsMax = 4

    /// The store has a repost, or forbids one, where memory said otherwise.
    private struct StaleShare: Error {}

    /// Shares a post with one's own followers.
    /// - Returns: the post, and whether the repost is new.
    /// - Throws: `PostsError.notFound` where the sharer may not see the post, `PostsError.sharingClosed` where its author
    ///   does not let this account share it.
    package func share(
        _ id: ID<Post>, viewer: ID<Account>, noting note: CommandNote? = nil
    ) async throws -> (shown: Shown, isNew: Bool) {
        for _ in 1...Self.shareAttemptsMax {
            var shown = try await post(id, viewer: viewer)
            guard !shown.flags.isShared else { return (shown, false) }
            try await requireSharing(of: shown, by: viewer)
            do {
                try await commitShare(of: shown.card, by: viewer, noting: note)
                let mask = ViewerFlags.Field.shared.mask
                shown.flags = shown.flags.replacing(mask, with: mask)
                return (shown, true)
            } catch is StaleShare {
                marks.forget(viewer)
            }
        }
        throw PostsError.sharingClosed
    }

    /// Spares the store what it would refuse; the transaction decides.
    func requireSharing(of shown: Shown, by viewer: ID<Account>) async throws {
        let post = shown.card.post
        let root = try await library.threads.root(of: post, in: directory)
        guard let relations = try await relations(of: viewer),
            post.mayBeShared(by: relations, author: shown.author.standing, root: root)
        else { throw PostsError.sharingClosed }
    }

    private func commitShare(of card: PostCard, by viewer: ID<Account>, noting note: CommandNote?) async throws {
        let post = card.post
        let row: ID<RepostRow> = try await ids.next(bucket: viewer.bucket)
        let mask = ViewerFlags.Field.shared.mask
        let event = Self.event(.shared, post, by: viewer, position: row.rawValue, now: clock.now())
        let statements =
            [
                ShareWrites.insert(post.id, by: viewer, row: row, now: clock.now(), otherwise: StaleShare()),
                ShareWrites.list(post.id, by: viewer, row: row),
            ] + MarkQueries.set(.shared, to: mask, of: post.id, by: viewer)
            + Self.companions(note).map { $0(post.id) } + [Outbox.append(event)]
        var changes: [Change] = [
            .shared(post: post.id.rawValue, sharer: viewer.rawValue, position: row.rawValue),
            .marked(account: viewer.rawValue, post: post.id.rawValue, mask: mask, value: mask), .eventsAppended,
        ]
        // From now on its readers ask who shared it.
        if !card.isShared { changes.append(.postCounters([post.position.rawValue])) }
        _ = try await database.commit(statements, announcing: changes)
        // Here at once: whoever reads after the answer is told who shared it.
        if !card.isShared { library.forget(post.position) }
    }

    /// Takes one's repost back, if there is one, also of a post that is not to be seen any more.
    /// - Throws: `PostsError.notFound` for a post that is neither shared nor to be seen.
    package func unshare(_ id: ID<Post>, viewer: ID<Account>) async throws {
        let now = clock.now()
        let wasShared = try await database.write { store in
            guard let share = try ShareWrites.stored(id, by: viewer, store) else { return false }
            try ShareWrites.delete(share, of: id, by: viewer, now: now, store)
            let field = ViewerFlags.Field.shared
            for statement in MarkQueries.set(field, to: 0, of: id, by: viewer) {
                try store.execute(statement.sql, statement.arguments)
            }
            store.announce(.marked(account: viewer.rawValue, post: id.rawValue, mask: field.mask, value: 0))
            return true
        }
        if !wasShared { _ = try await post(id, viewer: viewer) }
    }

    static func event(
        _ kind: EventKind, _ post: Post, by sharer: ID<Account>, position: Int64, now: Int64
    ) -> Event {
        Event(
            kind, key: sharer.rawValue, subject: post.id.rawValue, object: post.author.rawValue, position: position,
            list: [post.position.rawValue], occurredAt: now)
    }

    /// Who shared a post, the newest first. Accounts that are gone, kept apart from the viewer, or private and not
    /// followed are left out.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post.
    package func sharers(
        of id: ID<Post>, viewer: ID<Account>?, before: Position, limit: Int
    ) async throws -> (accounts: [AccountCard], next: Position?) {
        _ = try await post(id, viewer: viewer)
        let relations = try await relations(of: viewer)
        let page = try await database.filledPage(after: before, limit: limit, place: \.position) {
            place, count, store in
            try RepostQueries.page(of: id, before: place ?? before, limit: count, store)
        } show: { rows -> [(row: Sharing, entry: AccountCard)] in
            let cards = try await directory.cards(rows.map(\.sharer))
            return rows.compactMap { row in
                guard let card = cards[row.sharer],
                    PostVisibility.admits(.everyone, author: card.standing, relations: relations)
                else { return nil }
                return (row: row, entry: card)
            }
        }
        return (page.entries, page.next)
    }
}
