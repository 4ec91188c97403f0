import KeyValue
import SQL
import Testing
import TestSupport

/// One implementation of a port. Every test of a contract runs against each.
struct Implementation<Port: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    /// Opens a new, empty one and calls the closure with it; afterwards everything is gone.
    let open: @Sendable (_ body: @Sendable (Port) async throws -> Void) async throws -> Void

    var testDescription: String { name }
}

extension Implementation where Port == any Database {
    static let all = [sqlite]

    static let sqlite = Implementation(name: "SQLite") { body in
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.file("contract.db"))
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
