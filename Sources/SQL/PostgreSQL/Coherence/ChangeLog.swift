import Core
import Metrics
import Synchronization
import Telemetry

/// What this process has applied of the log that all processes write, and the statements that write and read it.
///
/// Every change of every process is handed to the observers here exactly once, in commit order: by the thread that
/// committed it, or by the follower, whoever sees it first.
final class ChangeLog: Sendable {
    /// Who still may answer from what a commit changed.
    struct Laggards {
        /// The offset that they have to reach.
        let offset: Int64
        /// By then every lease that was given before the commit has ended.
        let until: ContinuousClock.Instant
    }

    /// What reading the log showed.
    struct Reading {
        var isComplete = true
        var restricts = false
        /// Of other processes with a live lease: how far they are, and for how long they are trusted.
        var others: [(position: Int64, remaining: Duration)] = []
    }

    /// The newest change that was applied, and when the server wrote it, in microseconds since 1970.
    struct Mark: Equatable {
        let offset: Int64
        let writtenAt: Int64
    }

    let observers = ObserverList()
    let lease: CacheLease
    /// Which history of the server the position is of; its timeline, which a promotion changes. 0 before the first reading.
    private let timeline = Atomic<Int64>(0)
    /// Another server answers than before. Whether it has all that was applied here has to be found out.
    private let isPromoted = Atomic<Bool>(false)
    private let mark = Mutex<Mark?>(nil)
    private let applied = Atomic<Int64>(0)
    /// The newest change that was applied and hid something.
    private let restriction = Atomic<Int64>(0)
    /// The newest event that was announced. The lock is held while observers are called, which makes their order.
    private let eventHead = Mutex<Int64>(0)
    private let claim = Mutex<NodeClaim?>(nil)
    private let waits = Metrics.Timer(label: MetricName.coherenceWaitSeconds)
    /// Whether there is a log of events yet.
    private let hasEvents = Atomic<Bool>(false)

    init(lease: CacheLease) {
        self.lease = lease
    }

    /// Whether the server was promoted since `accept`; nothing may be answered from memory until that is settled.
    var mustVerify: Bool { isPromoted.load(ordering: .acquiring) }

    var newestMark: Mark? { mark.withLock { $0 } }

    /// The promoted server has everything that was applied here.
    func accept() { isPromoted.store(false, ordering: .releasing) }

    private func meet(_ current: Int64) {
        let known = timeline.exchange(current, ordering: .acquiringAndReleasing)
        guard known != 0, known != current else { return }
        // At once, and before the one who read this is answered: offsets may mean other changes now.
        isPromoted.store(true, ordering: .releasing)
        lease.lapse()
    }

    var newestRestriction: Int64 { restriction.load(ordering: .acquiring) }

    var position: Int64 { applied.load(ordering: .acquiring) }

    var nodeClaim: NodeClaim? { claim.withLock { $0 } }

    func set(_ claim: NodeClaim) { self.claim.withLock { $0 = claim } }

    /// Begins at the head of the log, with nothing in memory.
    func begin(at offset: Int64) {
        // What came before may have hidden something from others.
        restriction.store(offset, ordering: .releasing)
        applied.store(offset, ordering: .releasing)
    }

    func noteWait(_ duration: Duration) { waits.record(duration: duration) }

    func noteEvents() { hasEvents.store(true, ordering: .releasing) }

    var knowsEvents: Bool { hasEvents.load(ordering: .acquiring) }
}

// Statements
extension ChangeLog {
    static func isLogged(_ changes: [Change], _ appends: [Statement]) -> Bool {
        !appends.isEmpty || changes.contains { $0 != .eventsAppended }
    }

    /// Queues what adds to the log, as the last statements of their transaction. Changes come before events, so that who has
    /// seen an event has applied the changes of its commit.
    /// - Returns: the number of statements before the first append.
    @discardableResult
    func sendAppends(_ changes: [Change], _ appends: [Statement], on connection: PostgreSQLConnection) throws -> Int {
        guard Self.isLogged(changes, appends) else { return 0 }
        try connection.send("SELECT pg_advisory_xact_lock(\(CoherenceSchema.logLock))")
        let logged = changes.contains { $0 != .eventsAppended }
        if logged {
            try connection.send(
                "INSERT INTO change_log (changes, restricts) VALUES ($1, $2 = 1) RETURNING change_offset",
                [.blob(ChangeCodec.encode(changes)), .flag(changes.contains(where: \.restricts))])
        }
        for append in appends { try connection.send(append.sql, append.arguments) }
        try connection.send("SELECT pg_notify('\(CoherenceSchema.channel)', '')")
        return logged ? 2 : 1
    }

    /// Queues the reading of what this process has not applied. It is one statement, so it sees one moment.
    func sendReading(on connection: PostgreSQLConnection) throws {
        let node = Int64(nodeClaim?.node ?? -1)
        try connection.send(
            knowsEvents ? Self.readingWithEvents : Self.reading, [.integer(position), .integer(node)])
    }

    /// The same on a connection whose transactions are serializable, outside of that: a reader of the whole log would
    /// conflict with all who write it.
    func sendReadingUnlocked(on connection: PostgreSQLConnection) throws {
        try connection.send("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
        try sendReading(on: connection)
        try connection.send("COMMIT")
    }

    private static let reading = """
        SELECT 1 AS kind, change_offset AS number, restricts, written AS remaining, changes FROM (
            SELECT change_offset, restricts, changes, \(writtenAt) AS written FROM change_log
            WHERE change_offset > $1 ORDER BY change_offset LIMIT \(Limits.changeLogBatchMax)) AS new_changes
        UNION ALL SELECT 2, pruned_through, false, 0, NULL FROM change_log_retention
        UNION ALL SELECT 3, position, false, CAST(
                ceil(extract(epoch FROM lease_until - clock_timestamp()) * 1000000) AS BIGINT), NULL
            FROM process_leases WHERE lease_until > clock_timestamp() AND node <> $2
        UNION ALL SELECT 5, CAST(CAST('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS BIT(32)) AS BIGINT),
            false, 0, NULL
        """

    static let writtenAt = "CAST(extract(epoch FROM written_at) * 1000000 AS BIGINT)"

    private static let readingWithEvents =
        reading + " UNION ALL SELECT 4, coalesce(max(event_offset), 0), false, 0, NULL FROM outbox"
}

// Applying
extension ChangeLog {
    /// Hands what is new to the observers.
    /// - Parameter announcesEvents: whether the commit that this reading follows has added events.
    func apply(_ answer: PostgreSQLResult, announcesEvents: Bool = false) -> Reading {
        var reading = Reading()
        var rows: [(offset: Int64, row: PostgreSQLRow)] = []
        var (pruned, newestEvent): (Int64, Int64) = (0, 0)
        for index in 0..<answer.rowCount {
            let row = answer.row(index)
            switch row.int64(0) {
            case 1: rows.append((row.int64(1), row))
            case 2: pruned = row.int64(1)
            case 3: reading.others.append((row.int64(1), .microseconds(max(0, row.int64(3)))))
            case 4: newestEvent = row.int64(1)
            default: meet(row.int64(1))
            }
        }
        rows.sort { $0.offset < $1.offset }
        reading.isComplete = rows.count < Limits.changeLogBatchMax
        let head = reading.isComplete ? max(rows.last?.offset ?? 0, newestEvent) : rows.last?.offset ?? 0
        eventHead.withLock { known in
            var changes: [Change] = position < pruned ? [.bulk] : []
            for (offset, row) in rows where offset > position {
                changes += ChangeCodec.decode(row.blob(4))
                guard row.flag(2) else { continue }
                reading.restricts = true
                restriction.max(offset, ordering: .acquiringAndReleasing)
            }
            if newestEvent > known || announcesEvents { changes.append(.eventsAppended) }
            known = max(known, newestEvent)
            if let last = rows.last, last.offset > position {
                mark.withLock { $0 = Mark(offset: last.offset, writtenAt: last.row.int64(3)) }
            }
            observers.announce(changes)
            applied.store(max(position, head, pruned), ordering: .releasing)
        }
        return reading
    }
}

// After a commit
extension ChangeLog {
    /// Applies a reading and, where one does not hold all that is new, those that follow it.
    func applyAll(
        _ answer: PostgreSQLResult, announcesEvents: Bool, on connection: PostgreSQLConnection
    ) throws -> Reading {
        var reading = apply(answer, announcesEvents: announcesEvents)
        while !reading.isComplete {
            try sendReadingUnlocked(on: connection)
            try connection.sync()
            let answers = try connection.receive(by: .now.advanced(by: Limits.storeWaitMax)).get()
            guard answers.count == 3 else { throw connection.lost() }
            reading = apply(answers[1])
        }
        return reading
    }

    /// Applies everything that is committed.
    /// - Returns: those who may still answer from what was hidden before.
    func settle(on connection: PostgreSQLConnection, by deadline: ContinuousClock.Instant) throws -> Laggards? {
        try sendReadingUnlocked(on: connection)
        try connection.sync()
        let answers = try connection.receive(by: deadline).get()
        guard answers.count == 3 else { throw connection.lost() }
        return laggards(
            behind: newestRestriction, try applyAll(answers[1], announcesEvents: false, on: connection))
    }

    /// Those whose lease was live when the log was read and who had not come to `offset`.
    func laggards(behind offset: Int64, _ reading: Reading) -> Laggards? {
        let longest = reading.others.filter { $0.position < offset }.map(\.remaining).max()
        return longest.map { Laggards(offset: offset, until: .now.advanced(by: $0)) }
    }
}
