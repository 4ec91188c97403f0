import Core
import SQL

/// All that a source holds, in figures: what a target must come to.
struct MoveSurvey: Sendable {
    /// By table.
    let digests: [String: TableDigest]
    /// No event has had a higher offset.
    let logHead: Int64
    /// No id was issued for a later moment, in milliseconds since 1970.
    let idsLeasedUntil: Int64

    var rows: Int { digests.values.reduce(0) { $0 + $1.rows } }

    /// Names this source in this very state.
    var fingerprint: String {
        var hash = RowHash()
        for (table, digest) in digests.sorted(by: { $0.key < $1.key }) {
            hash.add(.text(table))
            hash.add(.integer(Int64(digest.rows)))
            hash.add(.integer(Int64(bitPattern: digest.sum)))
        }
        hash.add(.integer(logHead))
        hash.add(.integer(idsLeasedUntil))
        return String(hash.value, radix: 16)
    }
}

extension MoveSource {
    /// Reads everything once.
    /// - Throws: `MoveError` for what PostgreSQL cannot hold.
    func survey(size: RowBatch.Size, progress: ProgressOutput) async throws -> MoveSurvey {
        let total = try await database.read { store in
            try tables.map { try store.integer("SELECT count(*) FROM \($0.name.quoted)") }.reduce(0, +)
        }
        let reporter = ProgressReporter("Reading the source", unit: "rows", total: Int(total), output: progress)
        defer { reporter.finish() }
        var digests: [String: TableDigest] = [:]
        for table in tables {
            digests[table.name] = try await TableReading(table, in: database, size: size).digest { batch in
                try batch.requireStorable(in: table)
                reporter.advance(by: batch.rows.count)
            }
        }
        let (head, leased) = try await database.read { store in
            (try Self.highestOffset(store), try store.integer("SELECT max(leased_until) FROM node_leases"))
        }
        return MoveSurvey(digests: digests, logHead: head, idsLeasedUntil: leased)
    }

    /// SQLite remembers the highest offset even where its event was deleted.
    private static func highestOffset(_ store: any SQLReader) throws -> Int64 {
        try [
            "SELECT max(event_offset) FROM outbox", "SELECT max(pruned_through) FROM outbox_retention",
            "SELECT max(event_offset) FROM consumer_offsets", "SELECT max(event_offset) FROM dead_letters",
            "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'",
        ].map { try store.integer($0) }.max() ?? 0
    }
}

extension RowBatch {
    fileprivate func requireStorable(in table: TableShape) throws {
        for row in rows {
            for (value, column) in zip(row, table.columns) {
                guard case .text(let text) = value, text.utf8.contains(0) else { continue }
                throw MoveError(
                    "\(table.name).\(column.name) holds U+0000 in the row with \(table.describedKey(of: row)), which "
                        + "PostgreSQL cannot store. Change that row and try again.")
            }
        }
    }
}

extension TableShape {
    /// Such as `id 5`.
    fileprivate func describedKey(of row: [SQLValue]) -> String {
        zip(columns, row).filter { key.contains($0.0) }.map { column, value in
            switch value {
            case .integer(let integer): "\(column.name) \(integer)"
            case .text(let text): "\(column.name) \(text.debugDescription)"
            default: column.name
            }
        }.joined(separator: ", ")
    }
}
