import Core
import NIOCore

/// What fan-out did to timelines, told to the processes that keep some of them in memory.
///
/// On the wire, little-endian: version (1 byte), publisher, sequence, and the event log offset that all is done through (8
/// bytes each), then changes: kind (1 byte), a position or zero (8 bytes), the number of owners (4 bytes), the owners (8
/// bytes each).
struct TimelineUpdate: Equatable {
    enum Kind: UInt8 {
        /// The position was added to the owners' timelines.
        case delivered = 1
        /// The owners' timelines changed in a way that is not told.
        case changed = 2
    }

    struct Part: Equatable {
        let kind: Kind
        let position: Int64
        let owners: [Int64]
    }

    static let version: UInt8 = 1
    static let channel = "timeline-updates"
    static let headBytes = 25

    /// Names the process that tells, and no other that ever ran.
    let publisher: UInt64
    /// Counts its messages, without a gap.
    let sequence: UInt64
    let through: Int64
    let parts: [Part]

    init(publisher: UInt64, sequence: UInt64, through: Int64, parts: [Part]) {
        self.publisher = publisher
        self.sequence = sequence
        self.through = through
        self.parts = parts
    }

    /// Reads a message; nil for what is none.
    init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard bytes.readInteger(as: UInt8.self) == Self.version,
            let publisher = bytes.readInteger(endianness: .little, as: UInt64.self),
            let sequence = bytes.readInteger(endianness: .little, as: UInt64.self),
            let through = bytes.readInteger(endianness: .little, as: Int64.self)
        else { return nil }
        var parts: [Part] = []
        while bytes.readableBytes > 0 {
            guard let part = Self.part(from: &bytes) else { return nil }
            parts.append(part)
        }
        self.init(publisher: publisher, sequence: sequence, through: through, parts: parts)
    }

    private static func part(from bytes: inout ByteBuffer) -> Part? {
        guard let kind = bytes.readInteger(as: UInt8.self).flatMap(Kind.init(rawValue:)),
            let position = bytes.readInteger(endianness: .little, as: Int64.self),
            let count = bytes.readInteger(endianness: .little, as: UInt32.self),
            bytes.readableBytes / 8 >= Int(count)
        else { return nil }
        var owners: [Int64] = []
        owners.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let owner = bytes.readInteger(endianness: .little, as: Int64.self) else { return nil }
            owners.append(owner)
        }
        return Part(kind: kind, position: position, owners: owners)
    }

    var encoded: ByteBuffer {
        let size = parts.reduce(Self.headBytes) { $0 + 13 + 8 * $1.owners.count }
        var bytes = ByteBuffer()
        bytes.reserveCapacity(size)
        bytes.writeInteger(Self.version)
        bytes.writeInteger(publisher, endianness: .little)
        bytes.writeInteger(sequence, endianness: .little)
        bytes.writeInteger(through, endianness: .little)
        for part in parts {
            bytes.writeInteger(part.kind.rawValue)
            bytes.writeInteger(part.position, endianness: .little)
            bytes.writeInteger(UInt32(clamping: part.owners.count), endianness: .little)
            for owner in part.owners { bytes.writeInteger(owner, endianness: .little) }
        }
        return bytes
    }
}
