import Core
import Dispatch
import Logging
import Metrics
import Synchronization
import Telemetry

/// Follows the log of all processes on a thread and a connection of its own, and holds this process's lease.
///
/// One cycle says how far this process is and extends the lease in the store, and then reads what is new. What was committed
/// before that reading is applied before the lease is taken to be valid here; who commits later sees the lease, and waits.
/// The cooperative pool has no part in it, so that a busy process does not lose its lease.
final class ChangeFollower: Sendable {
    private var lease: CacheLease { log.lease }
    private let settings: PostgreSQLSettings
    private let log: ChangeLog
    private let logger: Logger
    private let queue = DispatchQueue(label: "starling.postgresql.follower")
    private let isClosed = Atomic<Bool>(false)
    private let isHeld = Atomic<Bool>(false)
    private let isStanding = Atomic<Bool>(false)
    private let bell: WakePipe
    private let lag = Metrics.Timer(label: MetricName.coherenceLagSeconds)
    private let lapses = Counter(label: MetricName.coherenceLeaseLapses)
    private let standbyAwaited = Gauge(label: MetricName.storeStandbyAwaited)
    /// What the operator was told of the server's settings.
    private let warnings = Mutex<[String]>([])

    init(_ settings: PostgreSQLSettings, log: ChangeLog, logger: Logger) {
        self.settings = settings
        self.log = log
        self.logger = logger
        bell = WakePipe()
    }

    /// Ends a pause.
    func wake() { bell.ring() }

    /// Stands still as in a process that is stopped by a signal, until it is let go on. For tests.
    func hold(_ holds: Bool) async {
        isHeld.store(holds, ordering: .releasing)
        wake()
        while isStanding.load(ordering: .acquiring) != holds { await Task.yield() }
    }

    /// Connects, registers this process, and goes on following.
    func start() async throws {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                do {
                    let cycle = try self.begin()
                    continuation.resume()
                    self.follow(cycle)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Gives the lease back. Nothing may answer from memory any more.
    func close() async {
        isClosed.store(true, ordering: .releasing)
        wake()
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    private func begin() throws -> FollowerCycle {
        let connection = try PostgreSQLConnection.open(settings, for: .following)
        note(try PostgreSQLServerCheck(on: connection, settings))
        try CoherenceSchema.install(on: connection, by: deadline)
        let cycle = FollowerCycle(connection, settings, log: log, lease: lease)
        try cycle.register(by: deadline)
        try cycle.listen(by: deadline)
        try cycle.beginAtHead(by: deadline)
        _ = try cycle.run(renews: true, by: deadline)
        return cycle
    }

    private func reconnect() throws -> FollowerCycle {
        let connection = try PostgreSQLConnection.open(settings, for: .following)
        // It may be another server, which was promoted.
        do { note(try PostgreSQLServerCheck(on: connection, settings)) } catch let error as SQLError
            where error.code == .other
        {
            standbyAwaited.record(0)
            logger.error("the store is not safe any more", metadata: [LogKey.error: "\(error)"])
        }
        let cycle = FollowerCycle(connection, settings, log: log, lease: lease)
        try cycle.listen(by: deadline)
        return cycle
    }

    /// Tells the operator what is new of the server's settings.
    private func note(_ check: PostgreSQLServerCheck) {
        standbyAwaited.record(check.waitsForStandby ? 1 : 0)
        let news = warnings.withLock { known in
            defer { known = check.warnings }
            return check.warnings.filter { !known.contains($0) }
        }
        for warning in news { logger.warning("\(warning)") }
    }

    private var deadline: ContinuousClock.Instant {
        .now.advanced(by: settings.statementTimeout + settings.answerGrace)
    }

    private func follow(_ first: FollowerCycle) {
        var cycle: FollowerCycle? = first
        var failures = 0
        while !isClosed.load(ordering: .acquiring) {
            do {
                let current = try cycle ?? reconnect()
                cycle = current
                failures = 0
                try followOnce(current)
            } catch is HistoryLost {
                logger.critical("the promoted PostgreSQL lacks commits that this process has seen: it must start anew")
                lease.lapse()
                settings.onHistoryLost()
                cycle = nil
                bell.wait(until: .now.advanced(by: .seconds(1)))
            } catch {
                cycle = nil
                failures = min(failures + 1, 6)
                if failures == 1 {
                    lapses.increment()
                    logger.warning("the log of changes cannot be followed", metadata: [LogKey.error: "\(error)"])
                }
                bell.wait(until: .now.advanced(by: .milliseconds(25) * (1 << failures) * Double.random(in: 0.5...1)))
            }
        }
        lease.lapse()
        if let cycle { Self.release(cycle, by: deadline, logger) }
    }

    private func followOnce(_ cycle: FollowerCycle) throws {
        isStanding.store(isHeld.load(ordering: .acquiring), ordering: .releasing)
        if isHeld.load(ordering: .acquiring) { return bell.wait(until: .now.advanced(by: .milliseconds(10))) }
        let start = ContinuousClock.now
        let isDue = cycle.isRenewalDue
        if isDue, !lease.isValid { lapses.increment() }
        let reading = try cycle.run(renews: isDue, by: deadline)
        lag.record(duration: start.duration(to: .now))
        guard reading.isComplete, !reading.restricts else { return }
        try cycle.rest(until: start.advanced(by: settings.logPoll), or: bell)
    }

    private static func release(_ cycle: FollowerCycle, by deadline: ContinuousClock.Instant, _ logger: Logger) {
        do { try cycle.release(by: deadline) } catch {
            logger.warning("lease not given back", metadata: [LogKey.error: "\(error)"])
        }
    }
}
