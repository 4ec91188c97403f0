import Core
import Dispatch

extension PostgreSQLDatabase {
    /// Waits until every other process has applied a change that hides something, or may not answer from memory any more.
    ///
    /// It ends in any case when the leases end that were given before the change, so no error of the store makes it longer.
    func waitFor(_ laggards: ChangeLog.Laggards?) async {
        guard let laggards else { return }
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(1)
        while ContinuousClock.now < laggards.until {
            await Self.sleep(min(pause, ContinuousClock.now.duration(to: laggards.until)))
            pause = min(pause * 2, .milliseconds(8))
            if await isAppliedByAll(laggards.offset) { break }
        }
        log.noteWait(start.duration(to: .now))
    }

    /// False also where the store cannot be asked.
    private func isAppliedByAll(_ offset: Int64) async -> Bool {
        let node = Int64(nodeClaim?.node ?? -1)
        do {
            return try await read { store in
                try store.integer(
                    """
                    SELECT count(*) FROM process_leases
                    WHERE lease_until > clock_timestamp() AND node <> $1 AND position < $2
                    """, [.integer(node), .integer(offset)]) == 0
            }
        } catch {
            return false
        }
    }

    package func waitUntilApplied(_ offset: Int64, timeout: Duration) async throws {
        let end = ContinuousClock.now.advanced(by: timeout)
        var pause = Duration.milliseconds(1)
        while position < offset {
            guard ContinuousClock.now < end else {
                throw SQLError(.unavailable, "this process has not come to position \(offset) in time")
            }
            follower.wake()
            await Self.sleep(pause)
            pause = min(pause * 2, .milliseconds(8))
        }
    }

    /// Not ended by cancellation: a write that is done must not be reported as one that is not.
    private static func sleep(_ duration: Duration) async {
        let nanoseconds = Int(clamping: Int64(max(.zero, duration) / .nanoseconds(1)))
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { continuation.resume() }
        }
    }
}

extension PostgreSQLDatabase {
    /// Has this process follow the others no longer, as if it were stopped, until it is let go on. For tests.
    package func holdFollower(_ holds: Bool) async { await follower.hold(holds) }
}
