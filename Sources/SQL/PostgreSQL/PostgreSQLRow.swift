import CPostgreSQL

/// One row of an answer in binary format.
struct PostgreSQLRow: SQLRow {
    let result: PostgreSQLResult
    let index: CInt

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.handle, index, CInt(column)) != 0 }

    func int64(_ column: Int) -> Int64 {
        switch value(column) {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value.rounded(.towardZero)) ?? 0
        case .text(let value): Int64(value) ?? 0
        default: 0
        }
    }

    func text(_ column: Int) -> String {
        switch value(column) {
        case .text(let value): value
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        default: ""
        }
    }

    func blob(_ column: Int) -> [UInt8] { isNull(column) ? [] : [UInt8](bytes(column)) }

    func value(_ column: Int) -> SQLValue {
        guard !isNull(column) else { return .null }
        let bytes = bytes(column)
        switch PQftype(result.handle, CInt(column)) {
        case PostgreSQLType.int8: return .integer(bytes.integer(Int64.self))
        case PostgreSQLType.int4: return .integer(Int64(bytes.integer(Int32.self)))
        case PostgreSQLType.int2: return .integer(Int64(bytes.integer(Int16.self)))
        case PostgreSQLType.bool: return .flag(bytes.first != 0)
        case PostgreSQLType.float8: return .real(Double(bitPattern: bytes.integer(UInt64.self)))
        case PostgreSQLType.float4: return .real(Double(Float(bitPattern: bytes.integer(UInt32.self))))
        case PostgreSQLType.numeric: return PostgreSQLNumeric.value(bytes)
        case PostgreSQLType.bytea: return .blob([UInt8](bytes))
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func bytes(_ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(result.handle, index, CInt(column)),
            count: Int(PQgetlength(result.handle, index, CInt(column))))
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian integer these bytes are; 0 where they are too few.
    fileprivate func integer<Value: FixedWidthInteger>(_: Value.Type) -> Value {
        count >= MemoryLayout<Value>.size ? Value(bigEndian: loadUnaligned(as: Value.self)) : 0
    }
}

/// The binary form of `NUMERIC`, which sums of `BIGINT` have: a count of digits of base 10,000, the weight of the first, a
/// sign and a scale, each of 16 bits, then the digits. Source: `numeric_send` of PostgreSQL.
enum PostgreSQLNumeric {
    /// An integer where the number is whole and fits, else a real.
    static func value(_ bytes: UnsafeRawBufferPointer) -> SQLValue {
        let words = (0..<bytes.count / 2).map {
            Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 2, as: Int16.self))
        }
        guard words.count >= 4, words.count >= 4 + Int(words[0]), words[0] >= 0 else { return .null }
        let digits = words[4..<4 + Int(words[0])]
        let isNegative = words[2] == 0x4000
        var whole: Int64? = 0
        var real = 0.0
        for place in 0..<max(digits.count, Int(words[1]) + 1) {
            let digit = place < digits.count ? digits[4 + place] : 0
            let power = Int(words[1]) - place
            if power >= 0 { whole = whole.flatMap { appended(isNegative ? -digit : digit, to: $0) } }
            if power < 0, digit != 0 { whole = nil }
            real += Double(digit) * power10000(power)
        }
        return whole.map { .integer($0) } ?? .real(isNegative ? -real : real)
    }

    private static func appended(_ digit: Int16, to number: Int64) -> Int64? {
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10_000)
        let (sum, isOver) = product.addingReportingOverflow(Int64(digit))
        return isTooLarge || isOver ? nil : sum
    }

    private static func power10000(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<abs(exponent) { result *= 10_000 }
        return exponent < 0 ? 1 / result : result
    }
}
