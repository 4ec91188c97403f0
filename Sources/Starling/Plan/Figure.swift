import Foundation

/// Numbers as people write them.
enum Figure {
    private static let suffixes: [(Character, Double)] = [("k", 1e3), ("M", 1e6), ("B", 1e9)]

    /// Reads `300M`, `50k`, `1.5M`, `2000` or `2_000`.
    static func read(_ text: String) throws(PlanError) -> Double {
        let refusal = PlanError("\(text) is no number; write 50000, 50k, 1.5M or 300M.")
        var digits = text.filter { $0 != "_" }
        var factor = 1.0
        if let last = digits.last,
            let suffix = suffixes.first(where: { String($0.0).lowercased() == last.lowercased() })
        {
            digits.removeLast()
            factor = suffix.1
        }
        guard digits.contains(where: \.isNumber), digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(digits), (value * factor).isFinite
        else { throw refusal }
        return value * factor
    }

    /// `300M`, `1.5k`, `87`.
    static func short(_ value: Double) -> String {
        guard let (suffix, factor) = suffixes.last(where: { abs(value) >= $0.1 }) else { return plain(value) }
        return plain(value / factor) + String(suffix)
    }

    /// With decimals only where they tell something.
    static func plain(_ value: Double) -> String {
        guard value.isFinite else { return "∞" }
        if abs(value) >= 100 || value == value.rounded() { return String(format: "%.0f", value) }
        return String(format: abs(value) >= 10 ? "%.1f" : "%.2g", value)
    }

    static func bytes(_ value: Double) -> String {
        let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
        var value = value
        var unit = 0
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return "\(plain(value)) \(units[unit])"
    }

    /// For tables: whole where it is large, else with decimals.
    static func amount(_ value: Double) -> String { abs(value) >= 100 ? whole(value) : plain(value) }

    static func years(_ value: Double) -> String { value == 1 ? "a year" : "\(plain(value)) years" }

    /// Thousands apart.
    static func whole(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return short(value) }
        var text = ""
        for (index, digit) in String(Int64(value.rounded())).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
