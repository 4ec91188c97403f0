import CPostgreSQL

/// The types whose binary format is read or written here, by their fixed numbers (`pg_type.dat`).
enum PostgreSQLType {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let int8Array: Oid = 1016
    static let numeric: Oid = 1700
    /// For the server to find out.
    static let unknown: Oid = 0

    static func of(_ value: SQLValue) -> Oid {
        switch value {
        case .null: unknown
        case .integer: int8
        case .real: float8
        case .text: text
        case .blob: bytea
        case .list: int8Array
        }
    }
}

/// The arguments of a statement in binary format, one after the other.
struct PostgreSQLArguments {
    private var bytes: [UInt8] = []
    /// Where each begins, and its length; nil for null.
    private var places: [(start: Int, count: Int)?] = []

    init(_ values: [SQLValue]) {
        places.reserveCapacity(values.count)
        for value in values { append(value) }
        // An empty buffer has no address, and a null pointer would stand for NULL.
        bytes.append(0)
    }

    /// Calls `body` with the count, the addresses, the lengths and the formats as libpq wants them.
    func withPointers<T>(
        _ body: (CInt, [UnsafePointer<CChar>?], [CInt], [CInt]) -> T
    ) -> T {
        bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = places.map { place in place.flatMap { place in start.map { $0 + place.start } } }
            let lengths = places.map { CInt($0?.count ?? 0) }
            return body(CInt(places.count), pointers, lengths, [CInt](repeating: 1, count: places.count))
        }
    }

    private mutating func append(_ value: SQLValue) {
        let start = bytes.count
        switch value {
        case .null: return places.append(nil)
        case .integer(let value): append(integer: value)
        case .real(let value): append(integer: value.bitPattern)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .blob(let value): bytes.append(contentsOf: value)
        case .list(let values): append(list: values)
        }
        places.append((start, bytes.count - start))
    }

    private mutating func append(integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// As `array_recv` of PostgreSQL reads it: dimensions, flags, element type, then length and lower bound of each
    /// dimension, then each element with its length.
    private mutating func append(list: [Int64]) {
        bytes.reserveCapacity(bytes.count + 20 + list.count * 12)
        append(integer: Int32(list.isEmpty ? 0 : 1))
        append(integer: Int32(0))
        append(integer: PostgreSQLType.int8)
        guard !list.isEmpty else { return }
        append(integer: Int32(clamping: list.count))
        append(integer: Int32(1))
        for value in list {
            append(integer: Int32(8))
            append(integer: value)
        }
    }
}

extension SQLValue {
    /// PostgreSQL's text cannot hold U+0000.
    var isStorable: Bool {
        guard case .text(let text) = self else { return true }
        return !text.utf8.contains(0)
    }
}

extension [SQLValue] {
    /// - Throws: `SQLError.other` for text that PostgreSQL cannot hold.
    func requireStorable() throws {
        guard allSatisfy(\.isStorable) else { throw SQLError(.other, "a text holds U+0000") }
    }
}
