import Core
import Testing
import TestSupport

@Suite struct SnowflakeTests {
    let epoch = Snowflake.epochMilliseconds

    @Test("41 bits of time, 10 of bucket, 6 of node, 6 of sequence")
    func layout() {
        let one = Snowflake(unixMilliseconds: epoch + 1, bucket: 0, node: 0, sequence: 0)
        #expect(one.rawValue == 1 << 22)
        #expect(Snowflake(unixMilliseconds: epoch, bucket: 1, node: 0, sequence: 0).rawValue == 1 << 12)
        #expect(Snowflake(unixMilliseconds: epoch, bucket: 0, node: 1, sequence: 0).rawValue == 1 << 6)
        #expect(Snowflake(unixMilliseconds: epoch, bucket: 0, node: 0, sequence: 1).rawValue == 1)
    }

    @Test(
        "parts come back as they went in",
        arguments: [(0, 0, 0), (1023, 63, 63), (512, 1, 62), (1, 63, 0)])
    func parts(bucket: Int, node: Int, sequence: Int) {
        let moment: Int64 = 1_790_000_000_123
        let snowflake = Snowflake(unixMilliseconds: moment, bucket: bucket, node: node, sequence: sequence)
        #expect(snowflake.unixMilliseconds == moment)
        #expect(snowflake.bucket == bucket)
        #expect(snowflake.node == node)
        #expect(snowflake.sequence == sequence)
        #expect(ID<Snowflake>(snowflake.rawValue).bucket == bucket)
    }

    @Test("time decides the order, whatever the rest says")
    func order() {
        let earlier = Snowflake(unixMilliseconds: epoch + 5, bucket: 1023, node: 63, sequence: 63)
        let later = Snowflake(unixMilliseconds: epoch + 6, bucket: 0, node: 0, sequence: 0)
        #expect(earlier < later)
        #expect(earlier.rawValue + 1 == later.rawValue)
    }

    @Test(
        "moments out of range are clamped and never negative",
        arguments: [(Int64.min / 2, Int64(0)), (0, 0), (.max, (1 << 41) - 1)])
    func clamped(moment: Int64, elapsed: Int64) {
        let snowflake = Snowflake(unixMilliseconds: moment, bucket: 3, low: 0xFFF)
        #expect(snowflake.unixMilliseconds == epoch + elapsed)
        #expect(snowflake.rawValue >= 0)
        #expect(snowflake.bucket == 3)
    }

    @Test("buckets are 0..<1024 and spread")
    func buckets() {
        var filled: [Int: Int] = [:]
        for number in 0..<20_480 as Range<UInt64> { filled[Bucket.of(number), default: 0] += 1 }
        #expect(filled.keys.allSatisfy { (0..<Snowflake.bucketCount).contains($0) })
        #expect(filled.count == Snowflake.bucketCount)
        #expect(filled.values.allSatisfy { $0 < 60 })
        #expect(Bucket.of("alice") == Bucket.of("alice"))
        #expect((0..<Snowflake.bucketCount).contains(Bucket.of("")))
    }
}
