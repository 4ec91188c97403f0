import Accounts
import Core
import Engagement
import Posts
import SocialGraph

extension NotificationService {
    /// What of these groups the viewer may see: no actor who is gone, muted or kept apart by a block, and no post that is not for
    /// the viewer.
    func shown(
        _ rows: [NotificationRows.Group], to viewer: ID<Account>, read: Int64
    ) async throws -> [NotificationGroup] {
        guard !rows.isEmpty else { return [] }
        let relations = try await relations.relations(of: viewer)
        let cards = try await directory.cards(Array(Set(rows.flatMap { $0.facts.map(\.actor) })))
        func isWelcome(_ actor: ID<Account>) -> Bool {
            cards[actor]?.account.isActive == true && !relations.apart.contains(actor)
                && !relations.muted.contains(actor)
        }
        let welcome = rows.keeping { row, fact in
            // What they shared is for their followers.
            let isHidden =
                row.kind == .repost && cards[fact.actor]?.account.isPrivate == true && !relations.follows(fact.actor)
            return !isHidden && isWelcome(fact.actor)
        }
        let muted = try await posts.mutedText(in: .notifications, for: viewer)
        let admitted = try await readable(welcome, muted, by: viewer)
        let wanted = Set(admitted.flatMap(\.posts))
        let posts = try await posts.posts(wanted.map { ID($0) }, viewer: viewer, muted: muted)
        let byID = Dictionary(posts.map { ($0.card.post.id.rawValue, $0) }) { first, _ in first }
        return admitted.compactMap { present($0, to: viewer, cards, byID, read: read) }
    }

    /// Leaves out what is told by a post that is not for the viewer, or has a word in it that the viewer does not want to read.
    private func readable(
        _ rows: [NotificationRows.Group], _ muted: MutedText?, by viewer: ID<Account>
    ) async throws -> [NotificationRows.Group] {
        // Other posts than these are what a group is about, and looked at with it.
        let looked = rows.filter { $0.kind.isToldByPost || (muted != nil && $0.kind.subject == .post) }
        let telling = Set(looked.flatMap { $0.facts.map(\.object) }).subtracting([0])
        let visible = try await posts.visibleCards(telling.map { ID($0) }, viewer: viewer)
        return rows.keeping { row, fact in
            guard row.kind.subject == .post, let card = visible[ID(fact.object)] else { return !row.kind.isToldByPost }
            return muted?.hides(card) != true
        }
    }

    private func present(
        _ row: NotificationRows.Group, to viewer: ID<Account>, _ cards: [ID<Account>: AccountCard],
        _ posts: [Int64: PostService.Shown], read: Int64
    ) -> NotificationGroup? {
        let post = row.kind.subject == .post ? posts[row.subject] : nil
        guard row.kind.subject != .post || post != nil else { return nil }
        var seen: Set<ID<Account>> = []
        let actors = row.facts.map(\.actor).filter { $0 != viewer && seen.insert($0).inserted }
        return NotificationGroup(
            id: row.id, kind: row.kind, postID: row.kind.subject == .post ? ID(row.subject) : nil,
            rejection: row.rejection, actors: actors.prefix(Limits.notificationActorsShown).compactMap { cards[$0] },
            actorsCount: Int64(actors.count) + row.beyond,
            reaction: row.kind == .reaction ? row.facts.first.flatMap { Reaction(rawValue: $0.detail) } : nil,
            post: post, latest: row.newestTelling.flatMap { posts[$0] },
            isRead: (row.facts.first?.id ?? row.id) <= read)
    }
}

extension NotificationRows.Group {
    fileprivate var rejection: NotificationGroup.Rejection? {
        guard kind.subject == .unpublishedPost else { return nil }
        let failure = facts.first.flatMap { PlannedPost.Failure(rawValue: $0.detail) }
        return .init(scheduledID: ID(subject), failure: failure ?? .refused)
    }

    /// The newest post of an actor's, which is shown with it.
    fileprivate var newestTelling: Int64? { kind.isToldByPost ? facts.first?.object : nil }

    fileprivate var posts: [Int64] { (kind.subject == .post ? [subject] : []) + [newestTelling].compactMap(\.self) }
}

extension [NotificationRows.Group] {
    /// The groups with those of their facts that `isKept` says, where any are left.
    fileprivate func keeping(_ isKept: (Element, NotificationRows.Fact) -> Bool) -> Self {
        map { row in
            var kept = row
            kept.facts.removeAll { !isKept(row, $0) }
            return kept
        }.filter { !$0.facts.isEmpty }
    }
}
