import Accounts
import Core
import EventLog
import SQL

// Lists of accounts
extension GraphService {
    /// A page of the viewer's lists, the newest first, and where the next page begins, nil at the end.
    /// - Parameter member: only the lists that this account is on.
    package func accountLists(
        of viewer: ID<Account>, with member: ID<Account>? = nil, before: Int64?, limit: Int
    ) async throws -> (lists: [AccountList], next: Int64?) {
        let rows = try await database.read {
            try ListRows.lists(of: viewer, with: member, before: before ?? .max, limit: limit + 1, $0)
        }
        let shown = Array(rows.prefix(limit))
        return (shown, rows.count > limit ? shown.last?.id.rawValue : nil)
    }

    /// - Throws: `GraphError.notFound` for a list that is not the viewer's.
    package func accountList(_ id: ID<AccountList>, viewer: ID<Account>) async throws -> AccountList {
        try await database.read { try Self.ownList(id, viewer, $0) }
    }

    /// - Parameter changes: of a list without a title, not exclusive, with replies as in the home feed.
    /// - Throws: `GraphError`: `invalid`, `limitReached`.
    package func makeList(
        _ changes: ListChanges, viewer: ID<Account>, noting note: CommandNote? = nil
    ) async throws -> AccountList {
        var new = AccountList(
            id: try await ids.next(bucket: viewer.bucket), title: "", isExclusive: false, replies: .followed)
        try new.apply(changes)
        let list = new
        return try await database.write { store in
            guard try GraphQueries.count("lists", "account_id", viewer, store) < Limits.listsMax else {
                throw GraphError.limitReached("lists", max: Limits.listsMax)
            }
            try ListRows.put(list, of: viewer, store)
            try note?.write(list.id.rawValue, store)
            return list
        }
    }

    /// - Throws: `GraphError`: `notFound` for a list that is not the viewer's, `invalid`.
    package func changeList(
        _ id: ID<AccountList>, _ changes: ListChanges, viewer: ID<Account>
    ) async throws -> AccountList {
        let now = clock.now()
        return try await database.write { store in
            let before = try Self.ownList(id, viewer, store)
            var list = before
            try list.apply(changes)
            try ListRows.put(list, of: viewer, store)
            if before.isExclusive != list.isExclusive {
                try Self.announceHome(of: viewer, isWider: before.isExclusive, now: now, store)
            }
            return list
        }
    }

    /// - Throws: `GraphError.notFound` for a list that is not the viewer's.
    package func deleteList(_ id: ID<AccountList>, viewer: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            let list = try Self.ownList(id, viewer, store)
            for table in ["list_members", "lists"] {
                try store.execute(
                    "DELETE FROM \(table) WHERE account_id = $1 AND list_id = $2",
                    [.integer(viewer.rawValue), .integer(id.rawValue)])
            }
            if list.isExclusive { try Self.announceHome(of: viewer, isWider: true, now: now, store) }
        }
    }

    static func ownList(_ id: ID<AccountList>, _ viewer: ID<Account>, _ store: any SQLReader) throws -> AccountList {
        guard let list = try ListRows.list(id, of: viewer, store) else { throw GraphError.notFound }
        return list
    }

    /// Tells that other posts belong in the viewer's home feed from now on.
    /// - Parameter isWider: old posts may be part of it again, which `since` has to tell.
    static func announceHome(
        of viewer: ID<Account>, isWider: Bool, now: Int64, _ store: any SQLWriter
    ) throws {
        if isWider {
            try Outbox.append(
                Event(.listOpened, key: viewer.rawValue, subject: viewer.rawValue, occurredAt: now), in: store)
            store.announce(.eventsAppended)
        }
        store.announce(.relationship(viewer.rawValue, viewer.rawValue))
    }
}

extension AccountList {
    /// - Throws: `GraphError.invalid`.
    mutating func apply(_ changes: ListChanges) throws {
        title = changes.title ?? title
        isExclusive = changes.isExclusive ?? isExclusive
        replies = changes.replies ?? replies
        guard !DeceivingCharacters.isBlank(title) else {
            throw GraphError.invalid("title", "title is empty.")
        }
        guard title.utf8.count <= Limits.listTitleBytesMax, title.count <= Limits.listTitleCharactersMax else {
            throw GraphError.invalid("title", "title is longer than \(Limits.listTitleCharactersMax) characters.")
        }
        guard title.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw GraphError.invalid("title", "title holds control characters.")
        }
    }
}
