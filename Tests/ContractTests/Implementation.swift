import Foundation
import KeyValue
import Logging
import Redis
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
    static let all = [sqlite] + (namedStores.contains("postgresql") ? [postgreSQL] : [])

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

private let namedStores = (ProcessInfo.processInfo.environment["STARLING_TEST_STORES"] ?? "").split(separator: ",")

extension Implementation where Port == any RateLimiter {
    /// Memory, and with `redis` in `STARLING_TEST_STORES` memory that is settled through Redis meanwhile.
    static let all = [memory] + (namedStores.contains("redis") ? [redis] : [])

    static let memory = Implementation(name: "memory") { body in
        try await body(MemoryRateLimiter(epoch: .now))
    }

    static let redis = Implementation(name: "memory settled through Redis") { body in
        let server = try await RedisServer()
        let redis = try await Redis.connect(server.url)
        let limiter = MemoryRateLimiter(isShared: true)
        let settlement = RateLimitSettlement(of: limiter, through: redis)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await settlement.run() }
            try await body(limiter)
            group.cancelAll()
            try await group.waitForAll()
        }
        await redis.close()
    }
}
