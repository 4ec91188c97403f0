import Synchronization

extension MemoryRateLimiter {
    /// Whether a subject has spent so much that a settlement should not wait. Asking silences it.
    func takesSettlement() -> Bool { bell?.answer() ?? false }

    /// What was charged since the last call.
    func takeReports(at now: ContinuousClock.Instant) -> [RateLimitReport] {
        let moment = epoch.duration(to: now).nanoseconds
        return shards.flatMap { shard in
            shard.tables.withLock { tables in
                var reports: [RateLimitReport] = []
                for name in tables.keys {
                    guard let accounts = tables[name]?.takeAccounts(), let rule = tables[name]?.rule else { continue }
                    for account in accounts {
                        reports.append(
                            RateLimitReport(
                                subject: account.subject, rule: rule, count: account.count,
                                backlog: account.fullAt - moment))
                    }
                }
                return reports
            }
        }
    }

    /// Takes over how far a subject has run ahead in all processes together.
    /// - Parameters:
    ///   - report: what this process added to it.
    ///   - backlog: in nanoseconds, at `now`.
    ///   - now: when the report was made, so that the time it was under way charges nobody.
    func learn(_ backlog: Nanoseconds, of report: RateLimitReport, at now: ContinuousClock.Instant) {
        let moment = epoch.duration(to: now).nanoseconds
        let fullAt = moment + min(max(0, backlog), report.rule.sharedBacklogMax)
        shards[place(of: report.subject)].tables.withLock { tables in
            tables[report.rule.name]?.learn(fullAt, of: report.subject, at: moment)
        }
    }
}
