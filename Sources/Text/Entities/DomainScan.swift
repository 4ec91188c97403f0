/// Reads a host name: labels joined by dots, the last a top-level domain that exists. Of several ends the last counts.
struct DomainScan {
    enum Labels {
        /// Letters with and without accents, digits and `-`: all that is taken for a name where no scheme says so.
        case ascii
        /// Any letter or sign beyond ASCII too, and `_` in subdomains.
        case any
    }

    private struct Label {
        var end: Int
        var isValid: Bool
        var hasUnderscore: Bool
    }

    /// Behind the name; nil when there is none.
    private(set) var end: Int?
    /// Behind all that was looked at.
    private(set) var readEnd: Int

    private static let labelLengthMax = 63

    init(_ text: UTF8Text, from start: Int, labels: Labels) {
        var position = start
        readEnd = start
        var isFirst = true
        var previousHasUnderscore = false
        while true {
            if !isFirst, !previousHasUnderscore, let found = TopLevelDomains.end(in: text, from: position) {
                end = found
                readEnd = max(readEnd, found)
            }
            let label = Self.label(text, from: position, labels: labels)
            readEnd = max(readEnd, label.end)
            guard label.isValid, text[label.end] == UInt8(ascii: ".") else { return }
            position = label.end + 1
            previousHasUnderscore = label.hasUnderscore
            isFirst = false
        }
    }

    private static func label(_ text: UTF8Text, from start: Int, labels: Labels) -> Label {
        var end = start
        var isASCII = true
        var label = Label(end: start, isValid: false, hasUnderscore: false)
        while end < text.count {
            let (scalar, length) = text.scalar(at: end)
            switch scalar {
            case UInt32(UInt8(ascii: "-")): break
            case UInt32(UInt8(ascii: "_")) where labels == .any: label.hasUnderscore = true
            case 0..<0x80 where UInt8(truncatingIfNeeded: scalar).isASCIIAlphanumeric: break
            case 0x80... where labels == .any ? Scalars.isDomain(scalar) : Scalars.isLatinAccent(scalar):
                isASCII = false
            default:
                label.end = end
                label.isValid = isValid(text, start..<end, isASCII: isASCII)
                return label
            }
            end += length
        }
        label.end = end
        label.isValid = isValid(text, start..<end, isASCII: isASCII)
        return label
    }

    /// As DNS has it: 63 bytes in its own encoding, no sign at either end, and no encoded label that was not encoded.
    private static func isValid(_ text: UTF8Text, _ label: Range<Int>, isASCII: Bool) -> Bool {
        guard !label.isEmpty, !isJoiner(text[label.lowerBound]), !isJoiner(text[label.upperBound - 1]) else {
            return false
        }
        if isASCII { return label.count <= labelLengthMax }
        // A scalar has at most four bytes, and each takes at least one when encoded.
        guard label.count <= 4 * labelLengthMax, !text.hasASCII("xn--", at: label.lowerBound) else { return false }
        return "xn--".utf8.count + Punycode.encodedLength(text.string(label)) <= labelLengthMax
    }

    private static func isJoiner(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
