import Accounts
import Core
import NIOCore
import Redis

/// How timelines are written in Redis.
enum TimelineRecord {
    /// Timelines of one bucket share a slot, so that one command delivers to all of them.
    static func key(of owner: Int64) -> [UInt8] {
        Array("home:{\((owner >> 12) & 1023)}:\(owner)".utf8)
    }

    static func score(of position: Int64) -> Int64 {
        Snowflake(rawValue: position).unixMilliseconds
    }

    static func member(of position: Int64) -> [UInt8] {
        withUnsafeBytes(of: position.bigEndian) { Array($0) }
    }

    static func position(of member: UnsafeRawBufferPointer) -> Int64? {
        guard member.count == 8 else { return nil }
        return Int64(bigEndian: member.loadUnaligned(as: Int64.self))
    }

    /// Where a delivery makes a timeline be cut to its bound: with a slack, so that it is rare.
    static func trimLimit(max: Int) -> Int { max + max / 16 }

    static func add(_ positions: some Sequence<Int64>, to arguments: inout RedisArguments) {
        for position in positions {
            arguments.add(score(of: position))
            arguments.add(member(of: position))
        }
    }
}

/// The member that says what the others are worth.
struct TimelineMarker: Equatable {
    let bytes: [UInt8]

    var isBuild: Bool { bytes.first == UInt8(ascii: "B") }

    /// A build of its own.
    static func build() -> TimelineMarker {
        TimelineMarker(bytes: Array("B".utf8) + hexadecimal(UInt64.random(in: .min ... .max), digits: 16))
    }

    /// Of a finished timeline.
    /// - Parameter history: the first eight digits of the id of the server's history that it was built in.
    static func finished(history: String, generation: Int64, floor: Position) -> TimelineMarker {
        TimelineMarker(
            bytes: Array("F".utf8) + Array(history.utf8) + hexadecimal(UInt64(bitPattern: generation), digits: 8)
                + TimelineRecord.member(of: floor.rawValue))
    }

    /// The floor, if the timeline was finished in this history and generation.
    func floor(history: String, generation: Int64) -> Position? {
        let head = Self.finished(history: history, generation: generation, floor: .lowest).bytes.prefix(17)
        guard bytes.count == 25, bytes.starts(with: head) else { return nil }
        return bytes.withUnsafeBytes { raw in
            TimelineRecord.position(of: UnsafeRawBufferPointer(rebasing: raw[17...])).map { Position($0) }
        }
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> [UInt8] {
        let text = String(number, radix: 16)
        return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8.suffix(digits))
    }
}
