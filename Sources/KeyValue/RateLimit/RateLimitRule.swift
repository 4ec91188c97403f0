/// How many requests a subject may make in how long a time.
///
/// A subject may spend the whole `limit` at once and gets it back evenly over `window`.
package struct RateLimitRule: Hashable, Sendable {
    /// Lowercase letters, digits, `-` and `_`: it stands in headers and metric labels.
    package let name: String
    package let limit: Int
    package let window: Duration
    /// The rule as an item of `RateLimit-Policy`.
    let policy: String
    /// The time in which one request is earned back.
    let interval: Nanoseconds

    /// - Parameters:
    ///   - limit: 1 to a billion requests.
    ///   - window: a millisecond to a year.
    package init(name: String, limit: Int, window: Duration) {
        precondition(!name.isEmpty && name.utf8.allSatisfy(Self.isNameByte), "a rule is named [a-z0-9_-]+")
        precondition((1...1_000_000_000).contains(limit), "a rule allows 1 to 1e9 requests")
        precondition(window >= .milliseconds(1) && window <= .seconds(366 * 86_400), "a window is 1 ms to a year")
        self.name = name
        self.limit = limit
        self.window = window
        interval = max(1, window.nanoseconds / Int64(limit))
        policy = "\"\(name)\";q=\(limit);w=\(window.nanoseconds.secondsRoundedUp)"
    }

    /// The time in which one request is earned back, in milliseconds, at least one.
    package var intervalMilliseconds: Int64 { max(1, interval / 1_000_000) }

    /// Whether a subject that is so far ahead may make one more request.
    func admits(_ backlog: Nanoseconds) -> Bool { interval + backlog <= burst }

    /// How far a subject may run ahead of what it earned.
    var burst: Nanoseconds { interval * Int64(limit) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
