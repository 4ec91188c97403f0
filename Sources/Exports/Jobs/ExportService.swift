import Accounts
import BlobStore
import Core
import SQL

/// Asking for an export of one's own account, and loading it.
package struct ExportService: Sendable {
    private let database: any Database
    private let blobs: any BlobStore
    private let place: ArchivePlace
    private let clock: WallClock

    /// - Parameter place: who else reaches `blobs`.
    package init(database: any Database, blobs: any BlobStore, place: ArchivePlace = .shared, clock: WallClock) {
        self.database = database
        self.blobs = blobs
        self.place = place
        self.clock = clock
    }

    /// Asks for a new export; while one waits or is under way, that is the one.
    /// - Throws: `ExportError.tooSoon`; `elsewhere` where nobody could load it.
    package func ask(_ account: ID<Account>, noting note: CommandNote? = nil) async throws -> Export {
        guard place != .elsewhere else { throw ExportError.elsewhere }
        let now = clock.now()
        return try await database.write { store in
            try note?.write(now, store)
            if let (export, _) = try ExportRows.find(account, store) {
                switch export.state {
                case .waiting, .running: return export
                case .failed: break
                case .ready, .expired:
                    let wait = (export.finishedAt ?? 0) + Limits.exportPause.milliseconds - now
                    guard wait <= 0 else { throw ExportError.tooSoon(seconds: Int(wait / 1_000) + 1) }
                }
            }
            try ExportRows.ask(account, at: now, store)
            guard let (export, _) = try ExportRows.find(account, store) else { throw ExportError.notFound }
            return export
        }
    }

    /// - Throws: `ExportError.notFound` where none was ever asked for.
    package func export(of account: ID<Account>) async throws -> Export {
        guard let (export, _) = try await database.read({ try ExportRows.find(account, $0) }) else {
            throw ExportError.notFound
        }
        return export
    }

    /// The archive of a ready export.
    /// - Throws: `ExportError.notFound` where it is not there to be loaded, `elsewhere`, `unavailable`.
    package func archive(of account: ID<Account>) async throws -> BlobContent {
        guard let (export, blobKey) = try await database.read({ try ExportRows.find(account, $0) }), let blobKey,
            export.state == .ready, export.expiresAt ?? 0 > clock.now()
        else { throw ExportError.notFound }
        do { return try await blobs.get(BlobKey(blobKey)) } catch let error as BlobStoreError {
            guard error.code == .notFound else { throw ExportError.unavailable }
            throw place == .shared ? ExportError.notFound : .elsewhere
        }
    }

    /// How many items of the archive that the account came with could not be brought back, by section in their order.
    package func kept(of account: ID<Account>) async throws -> [(name: String, count: Int)] {
        let counts = try await database.read { try KeptItems.counts(of: account, $0) }
        return ExportSections.all.compactMap { section in counts[section.name].map { (section.name, $0) } }
    }

    /// Forgets all of them.
    package func removeKept(of account: ID<Account>) async throws {
        while try await database.write({ try ExportSchema.keptItems.eraseBatch(of: account, $0) }) {}
    }
}
