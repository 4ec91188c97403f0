/// Reads the parts of an RFC 3339 date-time from left to right; nil means that a part is malformed or out of range.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// `YYYY-MM-DD`, a day that exists.
    mutating func date() -> (year: Int64, month: Int64, day: Int64)? {
        guard let year = number(digits: 4), skip("-"), let month = number(digits: 2, in: 1...12), skip("-"),
            let day = number(digits: 2, in: 1...Self.days(inMonth: month, of: year))
        else { return nil }
        return (year, month, day)
    }

    /// `HH:MM:SS` with an optional fraction, in milliseconds.
    mutating func time() -> Int64? {
        guard let hour = number(digits: 2, in: 0...23), skip(":"), let minute = number(digits: 2, in: 0...59),
            skip(":"), let second = number(digits: 2, in: 0...59), let fraction = fraction()
        else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }

    /// `Z` or `±HH:MM`, in milliseconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z", or: "z") { return 0 }
        let isEast = skip("+")
        guard isEast || skip("-"), let hours = number(digits: 2, in: 0...23), skip(":"),
            let minutes = number(digits: 2, in: 0...59)
        else { return nil }
        return (hours * 60 + minutes) * (isEast ? 60_000 : -60_000)
    }

    mutating func skip(_ character: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard let byte = rest.first, byte == UInt8(ascii: character) || other.map({ byte == UInt8(ascii: $0) }) ?? false
        else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var digits = 0
        var milliseconds: Int64 = 0
        while let digit = number(digits: 1) {
            digits += 1
            if digits <= 3 { milliseconds = milliseconds * 10 + digit }
        }
        guard digits > 0 else { return nil }
        for _ in digits..<max(digits, 3) { milliseconds *= 10 }
        return milliseconds
    }

    private mutating func number(digits: Int, in range: ClosedRange<Int64> = 0...9999) -> Int64? {
        var value: Int64 = 0
        var remaining = rest
        for _ in 0..<digits {
            guard let byte = remaining.popFirst(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                return nil
            }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        guard range.contains(value) else { return nil }
        rest = remaining
        return value
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
