/// The words and bars that tell a person how far an operation is.
enum ProgressText {
    private static let barWidth = 24

    /// One line for a terminal of `columns`, without control characters:
    /// `Importing follows [#####·····]  45%  207,113/461,000 edges  52,310/s  ETA 0:05`.
    static func bar(_ snapshot: ProgressSnapshot, columns: Int) -> String {
        var parts: [String] = []
        if let fraction = snapshot.fraction {
            let filled = Int(fraction * Double(barWidth))
            let bar = String(repeating: "#", count: filled) + String(repeating: "·", count: barWidth - filled)
            parts.append("\(snapshot.title) [\(bar)] \(padded("\(percent(fraction))%", to: 4))")
        } else {
            parts.append(snapshot.title)
        }
        parts.append("\(amount(snapshot)) \(snapshot.unit)")
        parts.append("\(grouped(Int(snapshot.rate)))/s")
        if snapshot.total == nil {
            parts.append(clock(snapshot.elapsed))
        } else {
            parts.append("ETA \(snapshot.remaining.map(clock) ?? "?")")
        }
        return String(parts.joined(separator: "  ").prefix(max(0, columns - 1)))
    }

    /// One line of a log: `Importing follows: 45 %, 207,113/461,000 edges, 52,310/s, ETA 0:05`.
    static func line(_ snapshot: ProgressSnapshot) -> String {
        var parts: [String] = []
        if let fraction = snapshot.fraction { parts.append("\(percent(fraction)) %") }
        parts.append("\(amount(snapshot)) \(snapshot.unit)")
        parts.append("\(grouped(Int(snapshot.rate)))/s")
        if let remaining = snapshot.remaining { parts.append("ETA \(clock(remaining))") }
        return "\(snapshot.title): \(parts.joined(separator: ", "))"
    }

    /// The last line: `Importing follows: 461,000 edges in 0:08 (52,386/s)`.
    static func summary(_ snapshot: ProgressSnapshot) -> String {
        "\(snapshot.title): \(grouped(snapshot.done)) \(snapshot.unit) in \(clock(snapshot.elapsed))"
            + " (\(grouped(Int(snapshot.rate)))/s)"
    }

    /// `4:05` or `1:04:05`.
    static func clock(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        let minutes = seconds / 60
        guard minutes >= 60 else { return "\(minutes):\(twoDigits(seconds % 60))" }
        return "\(minutes / 60):\(twoDigits(minutes % 60)):\(twoDigits(seconds % 60))"
    }

    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return result
    }

    private static func amount(_ snapshot: ProgressSnapshot) -> String {
        guard let total = snapshot.total else { return grouped(snapshot.done) }
        return "\(grouped(snapshot.done))/\(grouped(total))"
    }

    /// Rounded down: 100 only at the end.
    private static func percent(_ fraction: Double) -> Int {
        Int(fraction * 100)
    }

    private static func twoDigits(_ number: Int) -> String {
        padded(String(number), to: 2, with: "0")
    }

    private static func padded(_ text: String, to width: Int, with filler: String = " ") -> String {
        String(repeating: filler, count: max(0, width - text.count)) + text
    }
}
