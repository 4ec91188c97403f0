import Accounts
import Core
import Foundation
import Posts
import SQL

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
/// stopped. The account has no password then.
package struct ArchiveImport: Sendable {
    private let database: any Database
    private let clock: WallClock

    package init(database: any Database, clock: WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Brings the next items, and moves the checkpoint; where it is there already, nothing is done.
    /// - Parameters:
    ///   - source: names the archive by its content.
    ///   - itemsDone: how many items are done with these.
    /// - Throws: `ArchiveError`, `AccountsError`, `PostsError` for what cannot be here.
    package func bring(
        _ items: [ArchivedItem], of account: ID<Account>, source: String, itemsDone: Int64
    ) async throws -> ArchiveCounts {
        guard itemsDone <= Limits.archiveItemsMax else { throw ArchiveError("it has too many items") }
        let now = clock.now()
        let checkpoint = ImportCheckpoint(source: "\(source)-\(account)", linesDone: itemsDone)
        do {
            return try await database.writeMuch { store in
                let done = try PostService.linesImported(from: checkpoint.source, store)
                guard done < itemsDone else { return ArchiveCounts() }
                guard done > 0 || items.first?.section == "profile" else {
                    throw ArchiveError("it does not begin with the profile")
                }
                var counts = ArchiveCounts()
                var restoring = Restoring(account, now: now, store)
                for (number, item) in zip((itemsDone - Int64(items.count) + 1)..., items) {
                    try Self.bring(item, number, &restoring, &counts)
                }
                try restoring.close()
                try PostService.save(checkpoint, now: now, store)
                return counts
            }
        } catch let error as SQLError where error.code == .uniqueViolation {
            throw ArchiveError("something of it is here already")
        }
    }

    private static func bring(
        _ item: ArchivedItem, _ number: Int64, _ restoring: inout Restoring, _ counts: inout ArchiveCounts
    ) throws {
        guard let section = ExportSections.named(item.section) else {
            throw ArchiveError("it has a section that no archive has")
        }
        let (result, canonical) = try section.restore(Data(item.json.utf8), in: &restoring)
        switch result {
        case .restored: counts.restored += 1
        case .kept:
            counts.kept[item.section, default: 0] += 1
            try KeptItems.add(canonical, number, of: item.section, restoring.account, restoring.store)
        case .passedOver: break
        }
    }
}
