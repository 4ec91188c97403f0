/// The bits of an id: 41 of milliseconds since 2006-01-01, 10 of bucket, 6 of node and 6 of sequence.
///
/// Ids order by time first. The bucket names the partition a row lives in; an author's posts carry the author's bucket.
package struct Snowflake: RawRepresentable, Hashable, Comparable, Sendable {
    /// 2006-01-01T00:00:00Z in milliseconds since 1970.
    package static let epochMilliseconds: Int64 = 1_136_073_600_000
    package static let bucketCount = 1024
    package static let nodeCount = 64
    package static let sequenceCount = 64
    private static let timeShift: Int64 = 22
    private static let bucketShift: Int64 = 12
    private static let nodeShift: Int64 = 6
    private static let millisecondsMax: Int64 = (1 << 41) - 1

    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Composes an id. Times before the epoch or past 2075 are clamped into the range.
    /// - Parameters:
    ///   - unixMilliseconds: milliseconds since 1970.
    ///   - bucket: the partition; only its low 10 bits count.
    ///   - low: node and sequence together; only its low 12 bits count.
    package init(unixMilliseconds: Int64, bucket: Int, low: Int) {
        let elapsed = unixMilliseconds.subtractingReportingOverflow(Self.epochMilliseconds).partialValue
        let milliseconds = min(max(elapsed, 0), Self.millisecondsMax)
        rawValue =
            milliseconds << Self.timeShift | Int64(bucket & (Self.bucketCount - 1)) << Self.bucketShift
            | Int64(low & 0xFFF)
    }

    package init(unixMilliseconds: Int64, bucket: Int, node: Int, sequence: Int) {
        self.init(
            unixMilliseconds: unixMilliseconds, bucket: bucket,
            low: (node & (Self.nodeCount - 1)) << Int(Self.nodeShift) | sequence & (Self.sequenceCount - 1))
    }

    /// Milliseconds since 1970.
    package var unixMilliseconds: Int64 { rawValue >> Self.timeShift &+ Self.epochMilliseconds }
    package var bucket: Int { Int(rawValue >> Self.bucketShift) & (Self.bucketCount - 1) }
    package var node: Int { Int(rawValue >> Self.nodeShift) & (Self.nodeCount - 1) }
    package var sequence: Int { Int(rawValue) & (Self.sequenceCount - 1) }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
