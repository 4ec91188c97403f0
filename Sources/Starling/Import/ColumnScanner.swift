/// The columns of a line, parted by spaces and tabs.
struct ColumnScanner {
    private var rest: ArraySlice<UInt8>

    init(_ line: Line) {
        rest = line.bytes
    }

    mutating func next() throws(SkipReason) -> ArraySlice<UInt8> {
        rest = rest.drop(while: Self.isBlank)
        let column = rest.prefix { !Self.isBlank($0) }
        rest = rest[column.endIndex...]
        guard !column.isEmpty else { throw .columns }
        return column
    }

    mutating func account() throws(SkipReason) -> AccountName {
        guard let name = AccountName(try next()) else { throw .account }
        return name
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension Int64 {
    /// Reads decimal digits; nil for anything else, for nothing, and for more than 63 bits hold.
    init?(decimal bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        self = 0
        for byte in bytes {
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (shifted, tooLarge) = multipliedReportingOverflow(by: 10)
            let (sum, overflow) = shifted.addingReportingOverflow(Int64(digit))
            guard !tooLarge, !overflow else { return nil }
            self = sum
        }
    }
}
