import Core
import Testing
import TestSupport

@Suite struct SnowflakeGeneratorTests {
    let clock = TestClock()
    let start: Int64

    init() {
        start = clock.now
    }

    func generator(notBefore: Int64 = 0, leased: Int64 = 60_000) -> SnowflakeGenerator {
        let generator = SnowflakeGenerator(node: 5, clock: clock.wall, notBefore: notBefore)
        generator.extendLease(until: clock.now + leased)
        return generator
    }

    @Test("an id carries the moment, the bucket and the node")
    func parts() throws {
        let id = Snowflake(rawValue: try generator().next(bucket: 77))
        #expect(id.unixMilliseconds == start)
        #expect(id.bucket == 77)
        #expect(id.node == 5)
        #expect(id.sequence == 0)
    }

    @Test("no id comes twice, however many ask at once, and each one's are ascending")
    func concurrency() async throws {
        let generator = generator(leased: 1_000_000)
        let clock = clock
        let all = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for task in 0..<8 {
                group.addTask {
                    try (0..<2_000).map { turn in
                        if turn.isMultiple(of: 100) { clock.step(task.isMultiple(of: 4) ? -3 : 2) }
                        return try generator.next(bucket: 9)
                    }
                }
            }
            return try await group.reduce(into: [[Int64]]()) { $0.append($1) }
        }
        for ids in all { #expect(ids == ids.sorted()) }
        #expect(Set(all.joined()).count == 16_000)
    }

    @Test("a new process starts where the lease of the last one ended")
    func restart() throws {
        let leaseEnd = start + 2_000
        let before = generator(leased: 2_000)
        let old = try (0..<1_000).map { try before.next(bucket: $0 % 2) }
        let after = SnowflakeGenerator(node: 5, clock: clock.wall, notBefore: leaseEnd)
        after.extendLease(until: leaseEnd + 2_000)
        let new = try (0..<1_000).map { try after.next(bucket: $0 % 2) }
        #expect(try #require(old.max()) < #require(new.min()))
        #expect(Snowflake(rawValue: new[0]).unixMilliseconds == leaseEnd)
    }

    @Test("a clock that steps back repeats nothing", arguments: [Int64(1), 500, 3_600_000])
    func clockStepsBack(by step: Int64) throws {
        let generator = generator()
        var last = try generator.next(bucket: 1)
        clock.step(-step)
        for _ in 0..<500 {
            let id = try generator.next(bucket: 1)
            #expect(id > last)
            last = id
            clock.step(1)
        }
        #expect(Snowflake(rawValue: last).unixMilliseconds >= start)
    }

    @Test("the 65th id of a millisecond borrows the next one")
    func overflow() throws {
        let generator = generator()
        let ids = try (0..<65).map { _ in Snowflake(rawValue: try generator.next(bucket: 1)) }
        #expect(ids.prefix(64).allSatisfy { $0.unixMilliseconds == start })
        #expect(ids[64].unixMilliseconds == start + 1)
        #expect(ids[64].sequence == 0)
        #expect(Snowflake(rawValue: try generator.next(bucket: 2)).unixMilliseconds == start + 1)
    }

    @Test("buckets count on their own")
    func buckets() throws {
        let generator = generator()
        let ids = try (0..<1_024).map { Snowflake(rawValue: try generator.next(bucket: $0)) }
        #expect(ids.allSatisfy { $0.unixMilliseconds == start && $0.sequence == 0 })
        #expect(Set(ids).count == 1_024)
    }

    @Test("nothing is issued past the lease")
    func lapse() throws {
        let generator = generator(leased: 1)
        for _ in 0..<64 { _ = try generator.next(bucket: 1) }
        #expect(throws: SnowflakeGenerator.Failure.leaseLapsed) { try generator.next(bucket: 1) }
        clock.step(1)
        #expect(throws: SnowflakeGenerator.Failure.leaseLapsed) { try generator.next(bucket: 2) }
        generator.extendLease(until: start + 2)
        #expect(Snowflake(rawValue: try generator.next(bucket: 2)).unixMilliseconds == start + 1)
        generator.extendLease(until: start)
        #expect(throws: Never.self) { try generator.next(bucket: 2) }
    }

    @Test("a generator without a lease issues nothing")
    func unleased() {
        let generator = SnowflakeGenerator(node: 5, clock: clock.wall, notBefore: start)
        #expect(throws: SnowflakeGenerator.Failure.leaseLapsed) { try generator.next(bucket: 0) }
    }

    @Test(
        "a lease that was given back is above all that was issued, and issues no more", arguments: [Int64(0), -50, 7])
    func endLease(step: Int64) throws {
        let generator = generator()
        let issued = try (0..<70).map { _ in Snowflake(rawValue: try generator.next(bucket: 1)).unixMilliseconds }
        clock.step(step)
        let end = generator.endLease()
        #expect(try #require(issued.max()) < end)
        #expect(throws: SnowflakeGenerator.Failure.leaseLapsed) { try generator.next(bucket: 1) }
        generator.extendLease(until: end + 1)
        #expect(Snowflake(rawValue: try generator.next(bucket: 1)).unixMilliseconds == end)
    }
}
