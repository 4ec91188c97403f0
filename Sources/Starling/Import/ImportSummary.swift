import Posts

/// What an import did.
struct ImportSummary: Sendable {
    struct File: Sendable {
        var path: String
        var lines: Int64 = 0
        /// Of them, those that an import before this one had done.
        var linesDoneBefore: Int64 = 0
        var skipped = SkippedLines()
    }

    var files: [File] = []
    /// Accounts that were looked up or created.
    var accounts = 0
    /// New ones.
    var follows = 0
    /// New ones.
    var posts = ImportedCounts()
    var duration: Duration = .zero

    /// A report of several lines for a person.
    var text: String {
        let seconds = max(duration / .seconds(1), 0.001)
        func rate(_ count: Int) -> String { "\(ProgressText.grouped(Int(Double(count) / seconds)))/s" }
        func row(_ count: Int, _ noun: String) -> String { "\(ProgressText.grouped(count)) \(noun) (\(rate(count)))" }
        let tenths = Int((seconds * 10).rounded())
        let head =
            "Imported \(row(follows, "new follows")), \(row(posts.posts, "new posts")) and "
            + "\(row(posts.reposts, "reposts")) of "
            + "\(ProgressText.grouped(accounts)) accounts in \(tenths / 10).\(tenths % 10) s."
        let comments = "\(ProgressText.grouped(posts.comments)) of the posts are comments."
        return ([head] + (posts.comments > 0 ? [comments] : []) + files.flatMap(\.report)).joined(separator: "\n")
    }
}

extension ImportSummary.File {
    fileprivate var report: [String] {
        var head = "\(path): \(ProgressText.grouped(Int(lines))) lines"
        if linesDoneBefore > 0 { head += ", \(ProgressText.grouped(Int(linesDoneBefore))) imported before" }
        if skipped.total > 0 { head += ", \(ProgressText.grouped(skipped.total)) skipped" }
        let counts = skipped.counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        var report = [head]
        for (reason, count) in counts {
            report.append("  \(ProgressText.grouped(count)) × the line \(reason.rawValue)")
        }
        if let first = skipped.selfEdges.first {
            let numbers = skipped.selfEdges.map(String.init).joined(separator: ", ")
            let more = skipped.counts[.selfEdge, default: 0] > skipped.selfEdges.count ? " …" : ""
            report.append(
                skipped.selfEdges.count == 1
                    ? "  line \(first) \(SkipReason.selfEdge.rawValue)"
                    : "  lines that follow themselves: \(numbers)\(more)")
        }
        for line in skipped.badLines {
            report.append("  line \(line.number) \(line.reason.rawValue)")
        }
        return report
    }
}
