/// How far an operation is.
struct ProgressSnapshot: Hashable, Sendable {
    /// What is being done, such as `Importing follows`.
    var title: String
    /// What is counted, in the plural, such as `edges`.
    var unit: String
    var done: Int
    /// Nil where it is not known.
    var total: Int?
    var elapsed: Duration

    /// 0...1; nil without a total.
    var fraction: Double? {
        total.map { $0 > 0 ? min(1, Double(done) / Double($0)) : 1 }
    }

    /// Units a second since the start.
    var rate: Double {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Double(done) / seconds : 0
    }

    /// The time left at that rate; nil where it cannot be told.
    var remaining: Duration? {
        guard let total, rate > 0 else { return nil }
        return .seconds(Double(max(0, total - done)) / rate)
    }
}
