import SQL
import TestSupport

/// The table that the contracts write to.
enum ContractTable {
    static func create(in database: any Database) async throws {
        let bytes = database.dialect == .sqlite ? "BLOB" : "BYTEA"
        _ = try await database.commit(
            [Statement("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL, name TEXT, data \(bytes), n BIGINT)")],
            announcing: [])
    }

    static func ids(_ database: any Database) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT id FROM t ORDER BY id", []) { $0.int64(0) } }
    }

    static func insert(_ id: Int64) -> Statement {
        Statement("INSERT INTO t (id) VALUES ($1)", [.integer(id)])
    }
}
