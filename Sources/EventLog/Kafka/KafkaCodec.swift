import Kafka

/// Events as the bytes of Kafka records.
///
/// A version byte; the number of the store, which version 1 had not; then offset, kind, key, subject, object, position, flags, time and the length of the list, each a
/// zigzag LEB128 number of the fewest bytes; then the list, eight bytes each, little-endian. Nothing may follow.
package enum KafkaCodec {
    package enum Decoded: Hashable, Sendable {
        case event(Event)
        /// Says that everything up to this offset that belongs in the partition stands before.
        case marker(offset: Int64)
        /// Of a kind that this binary does not know: a newer one wrote it, and handles it.
        case unknown(offset: Int64)

        var offset: Int64 {
            switch self {
            case .event(let event): event.offset
            case .marker(let offset), .unknown(let offset): offset
            }
        }
    }

    package enum Failure: Error {
        case malformed
        /// Of another community that uses the same brokers.
        case foreign
        /// Written by a newer binary in a way that this one cannot read.
        case newerVersion(UInt8)
    }

    private static let version: UInt8 = 2
    /// Without the number of the store.
    private static let firstVersion: UInt8 = 1
    /// No event has it.
    private static let markerKind: Int64 = 0

    /// - Parameter store: the number of the store; without it, bytes that every store takes for its own.
    package static func bytes(of event: Event, store: Int64? = nil) -> [UInt8] {
        bytes(
            of: OutboxRow(
                offset: event.offset, topic: event.kind.topic.rawValue, kind: event.kind.rawValue, key: event.key,
                subject: event.subject, object: event.object, position: event.position, flags: event.flags,
                list: PackedIntegers.bytes(of: event.list), occurredAt: event.occurredAt),
            store: store)
    }

    static func bytes(of row: OutboxRow, store: Int64?) -> [UInt8] {
        var bytes: [UInt8] = [store == nil ? firstVersion : version]
        bytes.reserveCapacity(64 + row.list.count)
        if let store { append(store, to: &bytes) }
        for number in [
            row.offset, row.kind, row.key, row.subject, row.object, row.position, row.flags, row.occurredAt,
            Int64(row.list.count / 8),
        ] { append(number, to: &bytes) }
        return bytes + row.list
    }

    static func marker(_ offset: Int64, store: Int64?) -> [UInt8] {
        bytes(
            of: OutboxRow(
                offset: offset, topic: 0, kind: markerKind, key: 0, subject: 0, object: 0, position: 0, flags: 0,
                list: [],
                occurredAt: 0),
            store: store)
    }

    /// The bytes that a record is keyed by: events of one key share a partition.
    static func key(_ key: Int64) -> [UInt8] {
        withUnsafeBytes(of: key.bigEndian) { Array($0) }
    }

    /// - Parameter store: whose events are taken; nil for those of all.
    /// - Throws: `Failure`.
    package static func decode(_ bytes: [UInt8], store: Int64? = nil) throws -> Decoded {
        guard let first = bytes.first, first > 0 else { throw Failure.malformed }
        guard first <= version else { throw Failure.newerVersion(first) }
        var rest = bytes.dropFirst()
        if first > firstVersion {
            let owner = try number(from: &rest)
            guard owner == store ?? owner else { throw Failure.foreign }
        }
        var numbers: [Int64] = []
        for _ in 0..<9 { numbers.append(try number(from: &rest)) }
        guard numbers[0] > 0, rest.count % 8 == 0, numbers[8] == Int64(rest.count / 8) else { throw Failure.malformed }
        if numbers[1] == markerKind { return .marker(offset: numbers[0]) }
        guard let kind = EventKind(rawValue: numbers[1]) else { return .unknown(offset: numbers[0]) }
        return .event(
            Event(
                kind, key: numbers[2], subject: numbers[3], object: numbers[4], position: numbers[5], flags: numbers[6],
                list: PackedIntegers.integers(of: Array(rest)), occurredAt: numbers[7], offset: numbers[0]))
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        // Zigzag: small numbers of either sign are short.
        var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func number(from bytes: inout ArraySlice<UInt8>) throws -> Int64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { throw Failure.malformed }
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw Failure.malformed }
            value |= UInt64(byte & 0x7F) << shift
            guard byte < 0x80 else { continue }
            guard byte > 0 || shift == 0 else { throw Failure.malformed }
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }
        throw Failure.malformed
    }
}
