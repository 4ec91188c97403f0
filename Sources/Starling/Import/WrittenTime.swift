import Core
import Telemetry

/// When a post was written, as exports say it.
enum WrittenTime {
    private static let millisecondsPerDay: Int64 = 86_400_000
    /// Larger numbers are milliseconds: seconds reach it in the year 5138.
    private static let secondsMax: Int64 = 100_000_000_000

    /// The times that a post can have: ids start in 2006, and what comes from tomorrow would stay on top until then. A
    /// day of tolerance is for dates without a time zone.
    static func allowed(now: Int64) -> ClosedRange<Int64> {
        Snowflake.epochMilliseconds...max(Snowflake.epochMilliseconds, now + millisecondsPerDay)
    }

    /// Takes Unix seconds or milliseconds, RFC 3339 and `9/6/2015 5:56` (month first, UTC).
    /// - Returns: milliseconds since 1970.
    static func milliseconds(_ text: String) -> Int64? {
        if let number = Int64(text) { return milliseconds(number) }
        if let number = Double(text), number.magnitude < Double(secondsMax) { return Int64(number * 1000) }
        return Timestamp(rfc3339: text)?.millisecondsSince1970 ?? monthFirst(text)
    }

    /// Takes Unix seconds or milliseconds.
    static func milliseconds(_ number: Int64) -> Int64 {
        (-secondsMax...secondsMax).contains(number) ? number * 1000 : number
    }

    private static func monthFirst(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard (1...2).contains(parts.count), let date = numbers(parts[0], separator: "/"), date.count == 3 else {
            return nil
        }
        var time = [0, 0]
        if parts.count == 2 {
            guard let given = numbers(parts[1], separator: ":"), (2...3).contains(given.count) else { return nil }
            time = given
        }
        func digits(_ number: Int, _ count: Int) -> String {
            String(repeating: "0", count: max(0, count - String(number).count)) + String(number)
        }
        let day = "\(digits(date[2], 4))-\(digits(date[0], 2))-\(digits(date[1], 2))"
        let clock = "\(digits(time[0], 2)):\(digits(time[1], 2)):\(digits(time.count > 2 ? time[2] : 0, 2))"
        return Timestamp(rfc3339: "\(day)T\(clock)Z")?.millisecondsSince1970
    }

    private static func numbers(_ text: Substring, separator: Character) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in Int64(decimal: ArraySlice(part.utf8)).map(Int.init) }
        return numbers.count == parts.count ? numbers : nil
    }
}
