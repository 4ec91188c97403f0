import Core
import SQL
import Testing
import TestSupport

@Suite struct IDGeneratorTests {
    let clock = TestClock()
    let folder: TemporaryFolder
    let database: SQLiteDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.file("ids.db"))
        try await Migrator([IDGenerator.migration]).migrate(database)
    }

    func generator(node: Int = 1, reopening: Bool = false) async throws -> IDGenerator {
        guard reopening else { return try await IDGenerator.leased(from: database, node: node, clock: clock.wall) }
        let store = try SQLiteDatabase(path: folder.file("ids.db"))
        return try await IDGenerator.leased(from: store, node: node, clock: clock.wall)
    }

    func lease() async throws -> Int64 {
        try await database.read { try $0.integer("SELECT leased_until FROM node_leases WHERE node = 1") }
    }

    @Test(
        "ids ascend over restarts, wherever the clock stands", arguments: [Int64(0), 1, 5_000, -1, -5_000, -86_400_000])
    func restart(step: Int64) async throws {
        var last: Int64 = 0
        for round in 0..<3 {
            let generator = try await generator(reopening: round > 0)
            for _ in 0..<200 {
                let id = try await generator.next(bucket: 3)
                #expect(id > last)
                last = id
            }
            clock.step(step)
        }
    }

    @Test("the stored lease is always ahead of what was issued")
    func leaseAhead() async throws {
        let generator = try await generator()
        for _ in 0..<50 {
            let issued = Snowflake(rawValue: try await generator.next(bucket: 3)).unixMilliseconds
            #expect(try await lease() > issued)
            clock.step(700)
        }
        #expect(try await lease() <= clock.now + 2_000)
    }

    @Test("many at once across lapsing leases: every id is new")
    func concurrency() async throws {
        let (generator, clock) = (try await generator(), clock)
        let ids = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var ids: [Int64] = []
                    for _ in 0..<100 {
                        ids.append(try await generator.next(bucket: 4))
                        clock.step(50)
                    }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 800)
    }

    @Test("a lease given back lets the next process start at the present")
    func release() async throws {
        let first = try await generator()
        let last = try await first.next(bucket: 3)
        try await first.release()
        #expect(try await lease() <= clock.now + 2)
        let next = try await generator(reopening: true).next(bucket: 3)
        #expect(next > last)
        #expect(Snowflake(rawValue: next).unixMilliseconds <= clock.now + 2)
    }

    @Test("an id issued after the lease was given back is leased anew")
    func useAfterRelease() async throws {
        let generator = try await generator()
        _ = try await generator.next(bucket: 3)
        try await generator.release()
        let late = Snowflake(rawValue: try await generator.next(bucket: 3)).unixMilliseconds
        #expect(try await lease() > late)
    }

    @Test("nodes do not share ids")
    func nodes() async throws {
        let (one, two) = (try await generator(node: 1), try await generator(node: 2))
        #expect(try await one.next(bucket: 3) != two.next(bucket: 3))
    }

    @Test("without a store there are no ids")
    func unavailable() async throws {
        let generator = try await generator()
        try await database.close()
        await #expect(throws: SQLError.self) { try await generator.next(bucket: 3) }
    }
}
