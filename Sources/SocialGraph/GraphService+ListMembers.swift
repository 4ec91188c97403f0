import Accounts
import Core
import SQL

// Who is on a list
extension GraphService {
    /// What makes up a list's feed.
    /// - Throws: `GraphError.notFound` for a list that is not the viewer's.
    package func scope(of id: ID<AccountList>, viewer: ID<Account>) async throws -> ListScope {
        try await database.read { store in
            let list = try Self.ownList(id, viewer, store)
            return ListScope(members: try ListRows.members(of: id, viewer, store), replies: list.replies)
        }
    }

    /// A page of a list's members, the newest first. Accounts that are gone are left out, so that a page may be shorter
    /// than `limit` though more follow.
    /// - Throws: `GraphError.notFound` for a list that is not the viewer's.
    package func members(
        of id: ID<AccountList>, viewer: ID<Account>, before: Int64?, limit: Int
    ) async throws -> Page {
        let rows = try await database.read { store in
            _ = try Self.ownList(id, viewer, store)
            return try ListRows.members(of: id, viewer, before: before ?? .max, limit: limit + 1, store)
        }
        let shown = rows.prefix(limit)
        let cards = try await directory.cards(shown.map(\.account))
        return Page(
            accounts: shown.compactMap { cards[$0.account] }.filter(\.account.isActive),
            next: rows.count > limit ? shown.last?.membership : nil)
    }

    /// Puts accounts that the viewer follows on a list, all of them or none. Those who are there already stay.
    /// - Throws: `GraphError`: `notFound` for a list that is not the viewer's, `invalid`, `limitReached`.
    package func addMembers(
        _ accounts: [ID<Account>], to id: ID<AccountList>, viewer: ID<Account>
    ) async throws -> AccountList {
        guard (1...Limits.listMembersAtOnceMax).contains(accounts.count) else {
            throw GraphError.invalid("user_ids", "user_ids must name 1 to \(Limits.listMembersAtOnceMax) accounts.")
        }
        var rows: [(account: ID<Account>, row: ID<MembershipRow>)] = []
        for account in accounts { rows.append((account, try await ids.next(bucket: viewer.bucket))) }
        let new = rows
        let now = clock.now()
        return try await database.write { store in
            let list = try Self.ownList(id, viewer, store)
            let wanted = Set(accounts.map(\.rawValue))
            let followed = try store.integer(
                "SELECT count(*) FROM following WHERE follower_id = $1 AND followee_id IN (SELECT value FROM list($2))",
                [.integer(viewer.rawValue), .list(wanted.sorted())])
            guard followed == wanted.count else {
                throw GraphError.invalid("user_ids", "A list holds only accounts that you follow.")
            }
            var isChanged = false
            for (account, row) in new where try ListRows.add(account, row: row, to: id, of: viewer, store) {
                isChanged = true
            }
            let changed = try Self.ownList(id, viewer, store)
            guard changed.membersCount <= Limits.listMembersMax else {
                throw GraphError.limitReached("accounts on a list", max: Limits.listMembersMax)
            }
            if isChanged, list.isExclusive { try Self.announceHome(of: viewer, isWider: false, now: now, store) }
            return changed
        }
    }

    /// Takes an account from a list.
    /// - Throws: `GraphError.notFound` for a list that is not the viewer's, or an account that is not on it.
    package func removeMember(_ account: ID<Account>, from id: ID<AccountList>, viewer: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            let list = try Self.ownList(id, viewer, store)
            let removed = try store.execute(
                "DELETE FROM list_members WHERE account_id = $1 AND list_id = $2 AND member_id = $3",
                [.integer(viewer.rawValue), .integer(id.rawValue), .integer(account.rawValue)])
            guard removed == 1 else { throw GraphError.notFound }
            if list.isExclusive { try Self.announceHome(of: viewer, isWider: true, now: now, store) }
        }
    }
}
