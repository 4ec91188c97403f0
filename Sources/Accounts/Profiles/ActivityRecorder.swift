import Core
import EventLog
import ServiceLifecycle
import Synchronization
import Telemetry

/// Collects which accounts are used and writes them down off the request path, once an hour each.
package final class ActivityRecorder: Service, Sendable {
    private struct Notes {
        /// When each account was last noted, in milliseconds since 1970.
        var notedAt: [ID<Account>: Int64] = [:]
        var pending: Set<ID<Account>> = []
    }

    private static let pause: Duration = .seconds(5)

    private let accounts: AccountService
    private let clock: WallClock
    private let logger: Logger
    private let notes = Mutex(Notes())

    package init(accounts: AccountService, clock: WallClock, logger: Logger) {
        self.accounts = accounts
        self.clock = clock
        self.logger = logger
    }

    /// Notes that an account is used now; never blocks.
    package func note(_ id: ID<Account>) {
        let now = clock.now()
        notes.withLock { notes in
            if let last = notes.notedAt[id], now - last < AccountService.activityResolution.milliseconds { return }
            // The store, too, keeps to once an hour, so forgetting costs a statement and no more.
            if notes.notedAt.count >= Limits.activityNotesMax { notes.notedAt.removeAll() }
            guard notes.pending.count < Limits.activityNotesMax else { return }
            notes.notedAt[id] = now
            notes.pending.insert(id)
        }
    }

    package func run() async throws {
        await Upkeep.run("write down activity", every: Self.pause, logger: logger) { try await flush() }
        // What was noted since the last round.
        try await flush()
    }

    /// Writes down what was noted since the last time.
    package func flush() async throws {
        let pending = notes.withLock { notes in
            defer { notes.pending.removeAll() }
            return Array(notes.pending)
        }
        try await accounts.touchActive(pending)
    }
}
