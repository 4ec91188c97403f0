/// The escapes of JSON strings, RFC 8259 section 7.
enum JSONEscapes {
    /// The UTF-8 that a string's bytes stand for. The escapes have been checked: none is cut off, unknown or half a pair.
    static func resolved(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var resolved: [UInt8] = []
        resolved.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                resolved.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "b"): resolved.append(0x08)
            case UInt8(ascii: "f"): resolved.append(0x0C)
            case UInt8(ascii: "n"): resolved.append(0x0A)
            case UInt8(ascii: "r"): resolved.append(0x0D)
            case UInt8(ascii: "t"): resolved.append(0x09)
            case UInt8(ascii: "u"): resolved.append(contentsOf: scalar(&rest).utf8)
            default: resolved.append(kind)
            }
        }
        return resolved
    }

    /// The character of one `\u` escape, or of the two of a surrogate pair.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> String {
        var units = [unit(&rest)]
        if UTF16.isLeadSurrogate(units[0]) {
            rest = rest.dropFirst(2)
            units.append(unit(&rest))
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return digits.reduce(0) { $0 << 4 | UInt16(truncatingIfNeeded: value(of: $1)) }
    }

    /// - Parameter digit: hexadecimal, in either case.
    static func value(of digit: UInt8) -> UInt8 {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        default: (digit | 0x20) &- UInt8(ascii: "a") &+ 10
        }
    }
}
