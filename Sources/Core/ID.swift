/// A 64-bit snowflake that names one entity of kind `Entity`.
///
/// On the wire an id is a decimal string, because JSON numbers lose precision past 2⁵³.
package struct ID<Entity>: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The partition this id names: bits 12 to 21 of the snowflake, 0..<1024.
    package var bucket: Int { Snowflake(rawValue: rawValue).bucket }

    // Spelled out: what `RawRepresentable` brings is generic, and many times slower where it is not specialized.
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.rawValue == rhs.rawValue }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rawValue)
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension ID: LosslessStringConvertible {
    /// Parses strictly: 1 to 19 decimal digits, no sign, no leading zero, greater than zero.
    package init?(_ description: String) {
        self.init(digits: description.utf8)
    }

    package init?(_ description: Substring) {
        self.init(digits: description.utf8)
    }

    private init?(digits: some Collection<UInt8>) {
        guard (1...19).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflowed, !carried else { return nil }
            value = sum
        }
        self.init(rawValue: value)
    }

    package var description: String { String(rawValue) }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id: a decimal string")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
