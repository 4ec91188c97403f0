/// What a move did, and what its verification found.
struct MoveReport: Sendable {
    /// Rows of the source, by table, in the order of copying.
    var tables: [(name: String, rows: Int)] = []
    /// Those copied by this run.
    var rowsCopied = 0
    /// Of the copying.
    var duration: Duration = .zero
    var verified: [String] = []
    var problems: [String] = []

    /// Several lines for a person.
    var text: String {
        let width = tables.map(\.name.count).max() ?? 0
        var lines = tables.filter { $0.rows > 0 }.map { table in
            table.name + String(repeating: " ", count: width - table.name.count + 2) + ProgressText.grouped(table.rows)
        }
        if rowsCopied > 0 {
            let rate = Int(Double(rowsCopied) / max(duration / .seconds(1), 0.001))
            lines.append(
                "Copied \(ProgressText.grouped(rowsCopied)) rows in \(ProgressText.clock(duration)) "
                    + "(\(ProgressText.grouped(rate))/s).")
        }
        return (lines + verified.map { "verified: \($0)" } + problems.map { "PROBLEM: \($0)" }).joined(separator: "\n")
    }
}
