import GRDB
import SQL
import Testing
import TestSupport

/// SIGKILL does not test durability, since the page cache survives it; this does.
@Suite(.timeLimit(.minutes(10))) struct PowerLossTests {
    static let writers = 16
    static let writesEach = 125

    /// What is wrong with a wreck.
    struct Damage {
        var lost = 0
        var invented = 0
        var isWhole = true
    }

    @Test("what was acknowledged survives a power loss at any moment", arguments: 1...2, [false, true])
    func durable(seed: Int, tearsBlocks: Bool) async throws {
        let damages = try await damages(seed: seed, synchronous: .full, tearsBlocks: tearsBlocks)
        #expect(damages.count >= 6)
        #expect(damages.allSatisfy { $0.lost == 0 })
        #expect(damages.allSatisfy { $0.invented == 0 })
        #expect(damages.allSatisfy { $0.isWhole })
    }

    @Test("without a sync for each commit this test sees acknowledged writes go")
    func canFail() async throws {
        let damages = try await damages(seed: 1, synchronous: .normal, tearsBlocks: false)
        #expect(damages.contains { $0.lost > 0 })
        #expect(damages.allSatisfy { $0.invented == 0 })
        #expect(damages.allSatisfy { $0.isWhole })
    }

    private func damages(
        seed: Int, synchronous: SQLiteDatabase.Synchronous, tearsBlocks: Bool
    ) async throws -> [Damage] {
        let folder = try TemporaryFolder()
        let live = try folder.folder("live")
        try await Self.createTable(live + "/store.db")
        let powerLoss = try PowerLoss(
            in: folder, watched: live, seed: seed, wrecksMax: 12, tearsBlocks: tearsBlocks)
        let database = try SQLiteDatabase(path: live + "/store.db", synchronous: synchronous)
        powerLoss.arm()
        try await Self.write(to: database, seed: seed, powerLoss: powerLoss)
        try await database.close()
        return try powerLoss.wrecks.map(Self.damage)
    }

    private static func createTable(_ path: String) async throws {
        let database = try SQLiteDatabase(path: path)
        try await database.write { store in
            _ = try store.execute("CREATE TABLE writes (key INTEGER PRIMARY KEY NOT NULL, payload TEXT NOT NULL)", [])
        }
        try await database.close()
    }

    private static func payload(_ key: Int64) -> String { String(repeating: "\(key) ", count: 20) }

    private static func write(to database: SQLiteDatabase, seed: Int, powerLoss: PowerLoss) async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    var generator = SeededGenerator(seed: seed * 1_000 + writer)
                    for _ in 0..<writesEach {
                        // Keys all over the table, so that checkpoints come within the test.
                        let key = Int64.random(in: 0...Int64.max, using: &generator)
                        powerLoss.begin(key)
                        let insert = Statement(
                            "INSERT INTO writes (key, payload) VALUES ($1, $2)", [.integer(key), .text(payload(key))])
                        _ = try await database.commit([insert], announcing: [])
                        powerLoss.acknowledge(key)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func damage(_ wreck: PowerLoss.Wreck) throws -> Damage {
        let queue = try DatabaseQueue(path: wreck.path + "/store.db")
        let (rows, check) = try queue.read { database in
            (
                try Row.fetchAll(database, sql: "SELECT key, payload FROM writes"),
                try String.fetchOne(database, sql: "PRAGMA integrity_check")
            )
        }
        let keys = Set(rows.map { $0["key"] as Int64 })
        let isIntact = rows.allSatisfy { payload($0["key"]) == $0["payload"] as String }
        return Damage(
            lost: wreck.acknowledged.subtracting(keys).count,
            invented: keys.subtracting(wreck.begun).count,
            isWhole: check == "ok" && isIntact)
    }
}
