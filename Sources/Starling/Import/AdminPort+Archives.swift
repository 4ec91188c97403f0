import Exports

extension AdminPort {
    /// - Returns: how far the import of the archive is; nil where it begins.
    /// - Throws: `ArchiveError` where another archive of the account is here.
    func beginArchive(account: Int64, source: String) async throws -> ImportState? {
        guard case .archiveBegun(let state) = try await answer(.beginArchive(account: account, source: source)) else {
            throw Self.misunderstood
        }
        return state
    }

    /// - Returns: what became of the items.
    /// - Throws: `ArchiveError` for what cannot be here.
    func importArchive(
        _ items: [ArchivedItem], account: Int64, source: String, itemsDone: Int64
    ) async throws -> ArchiveCounts {
        try await counts(.importArchive(items: items, account: account, source: source, itemsDone: itemsDone))
    }

    func finishArchive(account: Int64, source: String) async throws {
        _ = try await answer(.finishArchive(account: account, source: source))
    }

    func withdrawArchive(account: Int64, source: String) async throws {
        _ = try await answer(.withdrawArchive(account: account, source: source))
    }

    /// - Returns: how much came back now, and what is kept.
    func settleArchive(account: Int64) async throws -> ArchiveCounts {
        try await counts(.settleArchive(account: account))
    }

    private func counts(_ command: AdminCommand) async throws -> ArchiveCounts {
        guard case .archived(let counts) = try await answer(command) else { throw Self.misunderstood }
        return counts
    }
}
