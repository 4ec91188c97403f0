import Accounts
import Core
import Posts
import SQL
import SocialGraph

/// Decides who hears of what, on the state that the transaction finds: nobody hears of somebody they block, who blocks them
/// or whom they mute, of a post that they may not see or with a word they mute, or of accounts that take no part.
struct NotificationAdmission {
    let dialect: Dialect
    /// Milliseconds since 1970.
    let now: Int64

    /// What decides who hears of a post.
    private struct Told {
        let visibility: Visibility
        let isComment: Bool

        func with(_ visibility: Visibility) -> Told { Told(visibility: visibility, isComment: isComment) }
    }

    func admitted(
        _ draft: NotificationDraft, _ store: any SQLReader
    ) throws -> [(group: NotificationFact.Group, facts: [NotificationFact])] {
        let told = draft.told
        guard !told.isEmpty else { return [] }
        let facts = told.values.joined()
        let active = try active(Set(facts.flatMap { [$0.actor, $0.group.recipient] }), store)
        let posts = try posts(Set(facts.compactMap(\.post)), store)
        var welcome: [Int64: Set<Int64>] = [:]
        for (recipient, facts) in Dictionary(grouping: facts, by: \.group.recipient) {
            welcome[recipient] = try welcomed(Set(facts.map(\.actor)), by: recipient, store)
        }
        let unwanted = try unwanted(facts, store)
        // In one order, so that two processes never wait for each other.
        return try told.sorted { $0.key < $1.key }.compactMap { group, facts in
            guard active[group.recipient] != nil || group.kind.subject == .unpublishedPost else { return nil }
            // Of the recipient's own doing, and the reason may be that it is suspended.
            guard group.kind.subject != .unpublishedPost else { return (group, facts) }
            let kept = try facts.filter { fact in
                guard !unwanted.contains(fact), let isPrivate = active[fact.actor],
                    welcome[group.recipient]?.contains(fact.actor) == true
                else { return false }
                guard let post = fact.post else { return true }
                guard let told = posts[post], try maySee(fact, told, actorIsPrivate: isPrivate, store) else {
                    return false
                }
                // What an edit shows to others is not told to those who could see it before.
                guard let former = draft.formerVisibility(of: fact) else { return true }
                return try !maySee(fact, told.with(former), actorIsPrivate: isPrivate, store)
            }
            return kept.isEmpty ? nil : (group, kept)
        }
    }

    /// Those of these facts whose actor the recipient hears of. Who did something before it was muted is not told apart from
    /// who did it after.
    func welcomed(_ facts: [NotificationFact], _ store: any SQLReader) throws -> [NotificationFact] {
        guard !facts.isEmpty else { return [] }
        var welcome: [Int64: Set<Int64>] = [:]
        for (recipient, facts) in Dictionary(grouping: facts, by: \.group.recipient) {
            welcome[recipient] = try welcomed(Set(facts.map(\.actor)), by: recipient, store)
        }
        return facts.filter { welcome[$0.group.recipient]?.contains($0.actor) == true }
    }

    /// The active ones among these accounts, with whether they are private.
    private func active(_ accounts: Set<Int64>, _ store: any SQLReader) throws -> [Int64: Bool] {
        let rows = try store.query(
            "SELECT u.id, u.is_private FROM list($1) AS ids JOIN users u ON u.id = ids.value WHERE u.state = 0",
            [.list(accounts.sorted())]
        ) { ($0.int64(0), $0.flag(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    private func welcomed(_ actors: Set<Int64>, by recipient: Int64, _ store: any SQLReader) throws -> Set<Int64> {
        Set(
            try store.query(
                """
                SELECT a.value FROM list($2) AS a
                WHERE NOT EXISTS (SELECT 1 FROM mutes WHERE muter_id = $1 AND muted_id = a.value)
                    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = a.value)
                    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = a.value AND blocked_id = $1)
                """, [.integer(recipient), .list(actors.sorted())]
            ) { $0.int64(0) })
    }

    /// The published ones among these posts, with who may see them.
    private func posts(_ ids: Set<Int64>, _ store: any SQLReader) throws -> [Int64: Told] {
        guard !ids.isEmpty else { return [:] }
        let rows = try store.query(
            """
            SELECT p.id, p.visibility, p.root_id FROM list($1) AS wanted
            \(PostLayout(dialect).joinPost(where: "id", is: "wanted.value")) WHERE p.state = 3
            """, [.list(ids.sorted())]
        ) { row in
            (row.int64(0), Told(visibility: Visibility(rawValue: row.int64(1)) ?? .author, isComment: !row.isNull(2)))
        }
        return Dictionary(rows) { first, _ in first }
    }

    private func maySee(
        _ fact: NotificationFact, _ told: Told, actorIsPrivate: Bool, _ store: any SQLReader
    ) throws -> Bool {
        // Whoever may not see the repost does not hear of it.
        if fact.group.kind == .repost, actorIsPrivate {
            return try GraphQueries.follows(ID(fact.group.recipient), ID(fact.actor), store)
        }
        // The recipient's own.
        guard fact.object != 0 else { return true }
        let recipient = fact.group.recipient
        if told.isComment, try !PostQueries.isThread(of: ID(fact.object), openTo: ID(recipient), store) { return false }
        switch told.visibility {
        case .author: return false
        case .closeFriends:
            return try GraphQueries.isCloseFriend(ID(recipient), of: ID(fact.actor), store)
        case .everyone where !actorIsPrivate: return true
        case .everyone, .followers: return try GraphQueries.follows(ID(recipient), ID(fact.actor), store)
        }
    }
}

extension NotificationFact {
    /// The post that must be there for this to be told.
    fileprivate var post: Int64? {
        guard group.kind.subject == .post else { return nil }
        return object != 0 ? object : group.subject
    }
}

extension NotificationFact.Group: Comparable {
    package static func < (one: Self, other: Self) -> Bool {
        (one.recipient, one.kind.rawValue, one.subject) < (other.recipient, other.kind.rawValue, other.subject)
    }
}
