/// A moment in milliseconds since 1970, and its RFC 3339 form in UTC: `2026-11-20T21:20:45.123Z`.
///
/// Days are turned into dates and back by Howard Hinnant's `civil_from_days` and `days_from_civil`
/// (https://howardhinnant.github.io/date_algorithms.html).
package struct Timestamp: Hashable, Comparable, Sendable {
    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, the ends of what the text form can say.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
    private static let millisecondsPerDay: Int64 = 86_400_000

    package let millisecondsSince1970: Int64

    package init(millisecondsSince1970: Int64) {
        self.millisecondsSince1970 = millisecondsSince1970
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.millisecondsSince1970 < rhs.millisecondsSince1970 }
}

// Formatting
extension Timestamp {
    /// The RFC 3339 form. Moments outside the years 0 to 9999 are written as the nearest one inside.
    package var rfc3339: String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            write(to: buffer)
            return 24
        }
    }

    /// The RFC 3339 form of a moment in milliseconds since 1970.
    package static func string(_ millisecondsSince1970: Int64) -> String {
        Timestamp(millisecondsSince1970: millisecondsSince1970).rfc3339
    }

    /// Appends the 24 bytes of the RFC 3339 form.
    package func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            write(to: buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    private func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let clamped = min(max(millisecondsSince1970, Self.range.lowerBound), Self.range.upperBound)
        let (days, milliseconds) = Self.flooredDivision(clamped, by: Self.millisecondsPerDay)
        let (year, month, day) = Self.date(daysSince1970: days)
        func put(_ number: Int64, digits: Int, at position: Int, then separator: Unicode.Scalar) {
            var rest = number
            for index in stride(from: position + digits - 1, through: position, by: -1) {
                buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            buffer[position + digits] = UInt8(ascii: separator)
        }
        put(year, digits: 4, at: 0, then: "-")
        put(month, digits: 2, at: 5, then: "-")
        put(day, digits: 2, at: 8, then: "T")
        put(milliseconds / 3_600_000, digits: 2, at: 11, then: ":")
        put(milliseconds / 60_000 % 60, digits: 2, at: 14, then: ":")
        put(milliseconds / 1000 % 60, digits: 2, at: 17, then: ".")
        put(milliseconds % 1000, digits: 3, at: 20, then: "Z")
    }

    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = flooredDivision(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    fileprivate static func flooredDivision(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

// Parsing
extension Timestamp {
    /// Parses strictly: a whole date-time of RFC 3339 with `Z` or an offset and no leap second. Digits past the
    /// millisecond are checked and dropped; `T` and `Z` may be in lower case.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.skip("T", or: "t"), let time = scanner.time(),
            let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let days = Self.daysSince1970(year: date.year, month: date.month, day: date.day)
        let milliseconds = days * Self.millisecondsPerDay + time - offset
        guard Self.range.contains(milliseconds) else { return nil }
        self.init(millisecondsSince1970: milliseconds)
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = flooredDivision(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
