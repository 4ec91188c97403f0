/// The plan for a person to read.
extension CapacityPlan {
    func text() -> String {
        var lines = [
            "\(Figure.short(workload.dailyUsers)) daily users: stage \(stage.rawValue), \(stage.title).", "", loadText,
            "",
        ]
        lines += verdict
        lines += [
            "",
            "Machines at a use of at most \(Figure.plain(provision.cpuUse * 100)) % of processors and "
                + "\(Figure.plain(provision.spaceUse * 100)) % of memory and disks at the peak:", "",
        ]
        lines += Self.table(
            ["role", "count", "cores", "GiB", "disk GB", "because"],
            roles.map { role in
                [
                    role.name, String(role.count), Figure.plain(role.coresEach), Figure.plain(role.gibEach),
                    role.diskGBEach > 0 ? Figure.whole(role.diskGBEach) : "", role.because,
                ]
            })
        lines += ["", "What is there only so much of, the fullest first:", ""]
        lines += Self.table(
            ["limit", "used", "of", "%", ""],
            limits.map { limit in
                [
                    limit.name, Figure.amount(limit.used), Figure.amount(limit.available),
                    Figure.whole(limit.share * 100), limit.unit,
                ]
            })
        lines += [
            "", costText, "", "Counted with measured, calculated, bound and assumed unit costs: --costs lists them.",
        ]
        return lines.joined(separator: "\n")
    }

    private var loadText: String {
        """
        At the peak (\(Figure.plain(workload.peakFactor)) times the average): \(Figure.amount(load.readsPeak)) reads/s, \
        \(Figure.amount(load.postsPeak)) posts/s, \(Figure.amount(load.deliveriesPeak)) deliveries/s, \
        \(Figure.short(load.concurrentPeak)) readers at once.
        On average: \(Figure.amount(load.readsMean)) reads/s, \(Figure.amount(load.postsMean)) posts/s, \
        \(Figure.amount(load.deliveriesMean)) deliveries/s (\(Figure.plain(workload.pushedFollowers)) a post).
        """
    }

    private var verdict: [String] {
        if let headroom {
            return [
                "It fits one machine with SQLite, with room for \(Figure.plain(headroom)) times these users; first to run out: "
                    + "\(limits.first?.name ?? "nothing").",
                "While that machine is down, so is the community; --availability redundant plans for its loss.",
            ]
        }
        var lines: [String] = []
        if let reason, reason.isExceeded {
            lines.append(
                "The stage before ends at: \(reason.name), \(Figure.amount(reason.used)) of "
                    + "\(Figure.amount(reason.available)) \(reason.unit).")
        } else if provision.availability == .redundant {
            lines.append("One machine could do the work; several, because you asked to survive the loss of one.")
        }
        if let first = limits.first { lines.append("First to run out: \(first.name). What to do: \(first.remedy).") }
        for limit in exceeded {
            lines.append(
                "DOES NOT WORK AS PLANNED: \(limit.name): \(Figure.amount(limit.used)) of "
                    + "\(Figure.amount(limit.available)) \(limit.unit). What to do: \(limit.remedy).")
        }
        if stage == .shards {
            lines.append(
                "This version writes to one PostgreSQL server: docs/scaling.md, stage 5, says what shards need first.")
        }
        return lines
    }

    private var costText: String {
        """
        Stored: \(Figure.bytes(storedGB * Bytes.gb)) after \(Figure.years(workload.years)), growing by \
        \(Figure.bytes(grownGBPerYear * Bytes.gb)) a year; objects \(Figure.bytes(cost.objectGBPerYear * Bytes.gb)) a year.
        Network out: \(Figure.whole(cost.egressMbps)) Mbit/s at the peak.
        A month: \(Figure.whole(cost.total)) (processors \(Figure.whole(cost.processors)), memory \
        \(Figure.whole(cost.memory)), disks \(Figure.whole(cost.disks)), objects \(Figure.whole(cost.objects)), network \
        \(Figure.whole(cost.egress))), at round prices set down in \(Prices.setDown); give your own with --price-….
        """
    }

    /// Columns as wide as their widest cell; those with numbers to the right.
    static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = "  "
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                let isNumber =
                    column > 0 && rows.allSatisfy { $0[column].first.map { $0.isNumber || $0 == "∞" } ?? true }
                line += (isNumber ? space + cell : cell + space) + "  "
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
