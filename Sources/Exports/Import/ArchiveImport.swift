import Accounts
import Core
import Foundation
import Posts
import SQL
import SocialGraph

/// What an import of an archive did.
package struct ArchiveCounts: Codable, Hashable, Sendable {
    package var restored = 0
    /// Items by section that were kept as they are, since what they refer to is not here or not theirs to change.
    package var kept: [String: Int] = [:]

    package init() {}

    package static func += (counts: inout Self, more: Self) {
        counts.restored += more.restored
        counts.kept.merge(more.kept) { $0 + $1 }
    }
}

/// Brings an archive into a store in which neither its account nor its username is, in batches that go on where they
/// stopped. Until it is finished nobody sees the account; it has no password then.
package struct ArchiveImport: Sendable {
    let database: any Database
    let clock: WallClock

    package init(database: any Database, clock: WallClock) {
        self.database = database
        self.clock = clock
    }

    /// How far the account's import is; nil where none was begun.
    package func state(of account: ID<Account>) async throws -> ImportState? {
        try await database.read { try ImportRows.find(account, $0) }
    }

    /// How many items of each section an account has that could not be brought back.
    package func kept(of account: ID<Account>) async throws -> [String: Int] {
        try await database.read { try KeptItems.counts(of: account, $0) }
    }

    /// Brings the next items, and moves the checkpoint; where it is there already, nothing is done.
    /// - Parameters:
    ///   - source: names the archive by its content.
    ///   - itemsDone: how many items are done with these.
    /// - Throws: `ArchiveError` for what cannot be here, with the file and the line.
    package func bring(
        _ items: [ArchivedItem], of account: ID<Account>, source: String, itemsDone: Int64
    ) async throws -> ArchiveCounts {
        guard itemsDone <= Limits.archiveItemsMax else { throw ArchiveError("it has too many items") }
        let now = clock.now()
        return try await database.writeMuch { store in
            let known = try ImportRows.find(account, store)
            guard known == nil || known?.source == source else {
                throw ArchiveError("another archive of the account was imported before")
            }
            guard known?.isFinished != true, known?.itemsDone ?? 0 < itemsDone else { return ArchiveCounts() }
            guard known != nil || items.first?.section == "profile" else {
                throw ArchiveError("it does not begin with the profile")
            }
            var counts = ArchiveCounts()
            var restoring = Restoring(account, now: now, store)
            for item in items {
                do { try Self.bring(item, &restoring, &counts) } catch {
                    throw try Self.refusal(error, at: item.place)
                }
            }
            try restoring.close()
            let state = ImportState(source: source, itemsDone: itemsDone, isFinished: false)
            try ImportRows.save(state, of: account, now: now, store)
            return counts
        }
    }

    private static func bring(
        _ item: ArchivedItem, _ restoring: inout Restoring, _ counts: inout ArchiveCounts
    ) throws {
        guard let section = ExportSections.named(item.section) else {
            throw ArchiveError("it has a section that no archive has")
        }
        let (result, kept) = try section.restore(Data(item.json.utf8), in: &restoring)
        if result == .restored { counts.restored += 1 }
        guard let kept else { return }
        counts.kept[item.section, default: 0] += 1
        try KeptItems.add(kept, of: restoring.account, restoring.store)
    }

    /// - Throws: what says nothing of the item.
    private static func refusal(_ error: any Error, at place: String) throws -> ArchiveError {
        let reason: String
        switch error {
        case let error as ArchiveError: reason = error.description
        case let error as AccountsError: reason = error.description
        case let error as PostsError: reason = error.detail
        case let error as GraphError: reason = error.detail
        case let error as SQLError where error.code == .uniqueViolation: reason = "it is here already"
        default: throw error
        }
        return ArchiveError(reason.hasSuffix(".") ? String(reason.dropLast()) : reason, at: place)
    }

    /// Shows the account, once all is brought; and what others' archives say of it comes back now.
    package func finish(_ account: ID<Account>, source: String) async throws {
        let now = clock.now()
        try await database.write { store in
            guard let state = try ImportRows.find(account, store), state.source == source, !state.isFinished else {
                return
            }
            let finished = ImportState(source: source, itemsDone: state.itemsDone, isFinished: true)
            try ImportRows.save(finished, of: account, now: now, store)
            try AccountService.showRestored(account, now: now, store)
            store.announce(.bulk)
        }
        _ = try await settle(.tellingOf(account))
    }
}
