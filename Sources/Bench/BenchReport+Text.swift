import Foundation

extension BenchReport {
    /// The report as aligned lines for a terminal.
    package func text() -> String {
        var lines = [headline, ""]
        lines += aligned(counterRows, rightAligned: false)
        if latencyRows.count > 1 {
            lines += [""] + aligned(latencyRows, rightAligned: true)
        }
        return lines.joined(separator: "\n")
    }

    private var headline: String {
        let loop = targetRate.map { "open loop at \(fixed($0, 0))/s" } ?? "closed loop"
        let size = "\(connections) connections on \(threads) thread\(threads == 1 ? "" : "s")"
        return "\(scenario.rawValue): \(loop), \(size), \(fixed(seconds, 1)) s"
    }

    private var counterRows: [[String]] {
        var rows = [
            ["requests", "\(requests)", "\(fixed(requestsPerSecond, 1))/s"],
            ["received", "\(bytesReceived) bytes", "\(fixed(Double(bytesReceived) / seconds / 1e6, 2)) MB/s"],
            ["errors", "\(errors)"],
        ]
        rows += responsesByStatus.sorted { $0.key < $1.key }.filter { !$0.key.hasPrefix("2") }
            .map { ["  status \($0.key)", "\($0.value)"] }
        rows += transportFailures.sorted { $0.key < $1.key }.map { ["  \($0.key)", "\($0.value)"] }
        let counters = [("  dropped", dropped), ("  missed", missed), ("unfinished", unfinished)]
        rows += counters.filter { $0.1 > 0 }.map { [$0.0, "\($0.1)"] }
        for (name, cpu) in [("server CPU", serverCPU), ("generator CPU", generatorCPU)] {
            guard let cpu else { continue }
            rows.append([name, "\(fixed(cpu.microsecondsPerRequest, 1)) µs/request", "\(fixed(cpu.cores, 2)) cores"])
        }
        return rows
    }

    private var latencyRows: [[String]] {
        let kinds = [("read", read), ("write", write), ("visible", visible)]
        let header = ["latency, µs", "count", "per s", "p50", "p90", "p99", "p99.9", "max"]
        return [header]
            + kinds.compactMap { name, latency in
                guard let latency else { return nil }
                let perSecond = fixed(Double(latency.count) / seconds, 1)
                let percentiles = [latency.p50, latency.p90, latency.p99, latency.p999, latency.max]
                return [name, "\(latency.count)", perSecond] + percentiles.map(String.init)
            }
    }

    /// Pads cells to columns; the first column is always left-aligned.
    private func aligned(_ rows: [[String]], rightAligned: Bool) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.compactMap { $0.dropFirst(column).first?.count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                if column + 1 == row.count && !rightAligned { return cell }
                return column > 0 && rightAligned ? padding + cell : cell + padding
            }
            return cells.joined(separator: "  ")
        }
    }

    /// A number with so many decimals, without the locale.
    private func fixed(_ value: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }
}
