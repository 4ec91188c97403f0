import Accounts
import Core
import EventLog
import Exports
import SQL

/// Performs the admin commands that bring an archive.
struct ArchiveAdmin: Sendable {
    private let node: Node
    private let importer: ArchiveImport

    init(_ node: Node) {
        self.node = node
        importer = ArchiveImport(database: node.database, clock: node.clock)
    }

    /// - Throws: `ArchiveError` for an archive that cannot be here.
    func answer(_ command: AdminCommand) async throws -> AdminReply {
        switch command {
        case .beginArchive(let account, let source):
            return .archiveBegun(try await begin(ID(account), source))
        case .importArchive(let items, let account, let source, let itemsDone):
            return .archived(
                try await importer.bring(items, of: ID(account), source: source, itemsDone: itemsDone))
        case .finishArchive(let account, let source): try await importer.finish(ID(account), source: source)
        case .withdrawArchive(let account, let source): try await withdraw(ID(account), source)
        case .settleArchive(let account):
            // Where the import stopped just before that.
            _ = try await importer.settle(.tellingOf(ID(account)))
            var counts = ArchiveCounts()
            counts.restored = try await importer.settle(.of(ID(account)))
            counts.kept = try await importer.kept(of: ID(account))
            return .archived(counts)
        default: break
        }
        return .done
    }

    private func begin(_ account: ID<Account>, _ source: String) async throws -> ImportState? {
        guard let state = try await importer.state(of: account), state.source != source else {
            return try await importer.state(of: account)
        }
        guard !state.isFinished else { throw ArchiveError("another archive of the account was imported before") }
        try await withdraw(account, state.source)
        return nil
    }

    /// The events of what goes are handled before its rows are gone.
    private func withdraw(_ account: ID<Account>, _ source: String) async throws {
        let steps = ErasedTables.steps(node.database.dialect, node.clock)
        let withdrawal = ArchiveWithdrawal(database: node.database, steps: steps, clock: node.clock)
        guard try await withdrawal.empty(account, source: source) else { return }
        try await node.eventLog.drained()
        try await withdrawal.remove(account, source: source)
    }
}
