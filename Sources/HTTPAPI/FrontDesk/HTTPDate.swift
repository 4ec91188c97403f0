import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The value of a `Date` header, written anew once a second: IMF-fixdate of RFC 9110, 5.6.7.
struct HTTPDate {
    private(set) var text: [UInt8] = []
    private var second: Int = .min

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    mutating func update(to second: Int) {
        guard second != self.second else { return }
        self.second = second
        var moment = time_t(second)
        var parts = tm()
        guard gmtime_r(&moment, &parts) != nil else { return }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = Self.days[Int(parts.tm_wday)]
        let date = "\(two(parts.tm_mday)) \(Self.months[Int(parts.tm_mon)]) \(1900 + Int(parts.tm_year))"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        text = Array("\(day), \(date) \(time) GMT".utf8)
    }
}

/// The same for whoever is on no event loop.
final class DateHeader: Sendable {
    private struct State {
        var date = HTTPDate()
        var text = ""
        var second = Int.min
    }

    private let state = Mutex(State())

    /// The time now.
    var text: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let second = Int(now.tv_sec)
        return state.withLock { state in
            if state.second != second {
                state.second = second
                state.date.update(to: second)
                state.text = String(decoding: state.date.text, as: UTF8.self)
            }
            return state.text
        }
    }
}
