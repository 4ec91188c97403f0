import SQL

/// Compares a moved community with its source: every row, both directions of follows, the numbers that new ids and events
/// come from, and what a sample of people would read.
struct MoveVerification: Sendable {
    let source: MoveSource
    let target: MoveTarget
    let size: RowBatch.Size
    let sample: Int
    let progress: ProgressOutput

    /// - Parameter survey: of the source as it is now.
    func run(_ survey: MoveSurvey) async throws -> MoveReport {
        var report = MoveReport()
        report.tables = source.tables.map { ($0.name, survey.digests[$0.name]?.rows ?? 0) }
        let found = try await digests(survey)
        compare(survey.digests, found, &report)
        compareDirections(survey.digests, found, &report)
        let problems = try await target.numberProblems(survey)
        report.problems += problems
        if problems.isEmpty { report.verified.append("new ids and events come after the old ones") }
        try await compareFeeds(&report)
        return report
    }

    private func digests(_ survey: MoveSurvey) async throws -> [String: TableDigest] {
        let reporter = ProgressReporter("Verifying", unit: "rows", total: survey.rows, output: progress)
        defer { reporter.finish() }
        var found: [String: TableDigest] = [:]
        for table in source.tables {
            let reading = TableReading(try await target.shape(of: table), in: target.database, size: size)
            found[table.name] = try await reading.digest { reporter.advance(by: $0.rows.count) }
        }
        return found
    }

    private func compare(
        _ expected: [String: TableDigest], _ found: [String: TableDigest], _ report: inout MoveReport
    ) {
        let before = report.problems.count
        for table in source.tables {
            let (here, there) = (expected[table.name] ?? TableDigest(), found[table.name] ?? TableDigest())
            if here.rows != there.rows {
                report.problems.append("\(table.name) has \(there.rows) rows, and \(here.rows) in the source")
            } else if here.sum != there.sum {
                report.problems.append("\(table.name) has as many rows as the source, but not the same")
            }
        }
        guard report.problems.count == before else { return }
        let rows = ProgressText.grouped(expected.values.reduce(0) { $0 + $1.rows })
        report.verified.append("\(rows) rows of \(expected.count) tables, by count and checksum")
    }

    /// A follow has the same hash in both directions.
    private func compareDirections(
        _ expected: [String: TableDigest], _ found: [String: TableDigest], _ report: inout MoveReport
    ) {
        guard found["following"] != found["followers"] else {
            let follows = ProgressText.grouped(found["following"]?.rows ?? 0)
            return report.verified.append("\(follows) follows in both directions")
        }
        let isOld = expected["following"] != expected["followers"]
        report.problems.append(
            "the two directions of follows differ"
                + (isOld ? ", in the source too: mend it with `starling check --repair`, and begin anew" : ""))
    }

    private func compareFeeds(_ report: inout MoveReport) async throws {
        let (here, there) = (SampledFeeds(source.database), SampledFeeds(target.database))
        let viewers = try await here.viewers(sample)
        let reporter = ProgressReporter("Comparing feeds", unit: "feeds", total: viewers.count, output: progress)
        defer { reporter.finish() }
        var (wrong, posts) = (0, 0)
        for viewer in viewers {
            async let expected = here.feed(of: viewer)
            let found = try await there.feed(of: viewer)
            if try await expected.json != found.json { wrong += 1 }
            posts += found.posts
            reporter.advance()
        }
        guard wrong == 0 else { return report.problems.append("\(wrong) of \(viewers.count) feeds differ") }
        report.verified.append("\(viewers.count) feeds with \(ProgressText.grouped(posts)) posts")
    }
}
