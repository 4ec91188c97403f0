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
        let muted = try await posts.mutedText(in: .notifications, for: viewer)
        let unwanted = try await unwanted(rows, muted, by: viewer)
        let admitted = rows.map { row in
            var row = row
            row.facts.removeAll { fact in
                // What they wrote or shared is for their followers.
                let isHidden =
                    (row.kind == .repost || row.kind.isToldByPost) && cards[fact.actor]?.account.isPrivate == true
                    && !relations.follows(fact.actor)
                return isHidden || !isWelcome(fact.actor) || unwanted.contains(fact.object)
            }
            return row
        }.filter { !$0.facts.isEmpty }
        let wanted = Set(admitted.flatMap(\.posts))
        let posts = try await posts.posts(wanted.map { ID($0) }, viewer: viewer, muted: muted)
        let byID = Dictionary(posts.map { ($0.card.post.id.rawValue, $0) }) { first, _ in first }
        return admitted.compactMap { present($0, to: viewer, cards, byID, read: read) }
    }

    /// The posts with a word in them that the viewer does not want to read; asked of the few who mute words.
    private func unwanted(
        _ rows: [NotificationRows.Group], _ muted: MutedText?, by viewer: ID<Account>
    ) async throws -> Set<Int64> {
        guard let muted else { return [] }
        let telling = Set(rows.filter { $0.kind.subject == .post }.flatMap { $0.facts.map(\.object) }).subtracting([0])
        let shown = try await posts.posts(telling.map { ID($0) }, viewer: viewer)
        return Set(shown.filter { muted.hides($0.card) }.map(\.card.post.id.rawValue))
    }

    private func present(
        _ row: NotificationRows.Group, to viewer: ID<Account>, _ cards: [ID<Account>: AccountCard],
        _ posts: [Int64: PostService.Shown], read: Int64
    ) -> NotificationGroup? {
        let post = row.kind.subject == .post ? posts[row.subject] : nil
        guard row.kind.subject != .post || post != nil else { return nil }
        // Those about one post are in one thread, which may have closed to the viewer since.
        if row.kind == .comment, row.tellingPosts.allSatisfy({ posts[$0] == nil }) { return nil }
        var seen: Set<ID<Account>> = []
        let actors = row.facts.map(\.actor).filter { $0 != viewer && seen.insert($0).inserted }
        return NotificationGroup(
            id: row.id, kind: row.kind, postID: row.kind.subject == .post ? ID(row.subject) : nil,
            rejection: row.rejection, actors: actors.prefix(Limits.notificationActorsShown).compactMap { cards[$0] },
            actorsCount: Int64(actors.count) + row.beyond,
            reaction: row.kind == .reaction ? row.facts.first.flatMap { Reaction(rawValue: $0.detail) } : nil,
            post: post, latest: row.tellingPosts.lazy.compactMap { posts[$0] }.first,
            isRead: (row.facts.first?.id ?? row.id) <= read)
    }
}

extension NotificationRows.Group {
    fileprivate var rejection: NotificationGroup.Rejection? {
        guard kind.subject == .unpublishedPost else { return nil }
        let failure = facts.first.flatMap { PlannedPost.Failure(rawValue: $0.detail) }
        return .init(scheduledID: ID(subject), failure: failure ?? .refused)
    }

    /// The newest posts of actors that may be shown with it.
    fileprivate var tellingPosts: [Int64] {
        kind.isToldByPost ? facts.prefix(Limits.notificationPostsLooked).map(\.object) : []
    }

    fileprivate var posts: [Int64] { (kind.subject == .post ? [subject] : []) + tellingPosts }
}

extension Limits {
    /// Comments or quotes of a group that are looked at to find one that the viewer may see.
    package static let notificationPostsLooked = 3
}
