import Foundation
import KeyValue
import Logging
import SQL
import Testing
import TestServers
import TestSupport

/// One implementation of a port. Every test of a contract runs against each.
struct Implementation<Port: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    /// Opens a new, empty one and calls the closure with it; afterwards everything is gone.
    let open: @Sendable (_ body: @Sendable (Port) async throws -> Void) async throws -> Void

    var testDescription: String { name }
}

extension Implementation where Port == any Database {
    /// SQLite, and the servers that `STARLING_TEST_STORES` names, such as `postgresql`.
    static let all = [sqlite] + (stores.contains("postgresql") ? [postgreSQL] : [])

    private static let stores = (ProcessInfo.processInfo.environment["STARLING_TEST_STORES"] ?? "").split(
        separator: ",")

    static let sqlite = Implementation(name: "SQLite") { body in
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.file("contract.db"))
        try await body(database)
        try await database.close()
    }

    static let postgreSQL = Implementation(name: "PostgreSQL") { body in
        let settings = PostgreSQLSettings(url: try PostgreSQLServer.shared().newDatabase())
        let database = try await PostgreSQLDatabase.open(settings, logger: Logger(label: "contract"))
        try await body(database)
        try await database.close()
    }
}

extension Implementation where Port == any RateLimiter {
    static let all = [memory]

    static let memory = Implementation(name: "memory") { body in
        try await body(MemoryRateLimiter(epoch: .now))
    }
}
