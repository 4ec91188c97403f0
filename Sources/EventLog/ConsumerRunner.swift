import Core
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Synchronization
import Telemetry

/// Drives one consumer group: at least once, in order, waking at once, in batches.
///
/// A group whose effects are rows rests after it has handled some, unless somebody waits for it: its rows and its offset
/// would otherwise take a part of every commit.
///
/// An event that keeps failing is set aside as a dead letter after `Limits.consumerAttemptsMax` tries. A store that is
/// unavailable is no fault of the event, so that is waited out.
package final class ConsumerRunner: Service, Sendable {
    package let consumer: any EventConsumer
    private let database: any Database
    private let progress: ConsumerProgress
    private let signal: WakeSignal
    private let tail: EventTail
    private let rest = Rest()
    /// The offset in the store; 0 for a consumer that keeps none.
    private let savedOffset = Atomic<Int64>(0)
    private let deadLetters: DeadLetters
    private let logger: Logger
    private let retries: Counter
    private let failures: Counter
    private let backlog: Gauge

    init(
        consumer: any EventConsumer, database: any Database, tail: EventTail, deadLetters: DeadLetters, logger: Logger
    ) {
        self.consumer = consumer
        self.database = database
        self.tail = tail
        self.deadLetters = deadLetters
        self.logger = logger
        progress = ConsumerProgress()
        signal = WakeSignal()
        let labels = [("group", consumer.group)]
        retries = Counter(label: MetricName.fanoutRetries, dimensions: labels)
        failures = Counter(label: MetricName.fanoutFailures, dimensions: labels)
        backlog = Gauge(label: MetricName.fanoutBacklog, dimensions: labels)
    }

    /// Called when events were committed.
    func wake() { signal.send() }

    /// Everything up to this offset has had its effect.
    package var processed: Int64 { progress.offset }

    /// Returns once everything up to `offset` has had its effect.
    package func waitUntilProcessed(_ offset: Int64) async throws {
        try await progress.wait(for: offset, onWait: rest.end)
    }

    /// Finds the place to begin. Must run before any state the consumer keeps is built.
    package func prepare() async throws {
        let group = consumer.group
        let isVolatile = consumer is any VolatileConsumer
        guard !isVolatile else { return progress.advance(to: try await database.read { try Outbox.head($0) }) }
        // Retention keeps what a group has not handled only for groups it knows.
        let start = try await database.write { try ConsumerOffsets.begin(group: group, in: $0) }
        savedOffset.store(start, ordering: .relaxed)
        progress.advance(to: start)
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in signal.stream {
                // Only cancellation and shutdown end it.
                do { try await handleAll() } catch { return }
                if consumer is any TransactionalConsumer {
                    await rest.take(Limits.consumerRest) { progress.isAwaited }
                }
            }
        } onGracefulShutdown: { [signal, rest] in
            signal.finish()
            rest.endForGood()
        }
    }

    /// Handles everything that is in the log.
    package func drain() async throws {
        tail.noteAppended()
        try await handleAll()
    }

    private func handleAll() async throws {
        var pause = Backoff()
        while true {
            try Task.checkCancellation()
            do {
                guard try await handleBatch() else { return }
                pause = Backoff()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // No fault of an event, which would have been set aside: the store's, so it is waited out.
                retries.increment()
                logger.warning(
                    "consumer waits for the store", metadata: ["group": "\(consumer.group)", "error": "\(error)"])
                let wait = pause.next()
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
            }
        }
    }

    /// - Returns: whether there may be more.
    private func handleBatch() async throws -> Bool {
        let offset = progress.offset
        let found = try await tail.events(
            after: offset, topics: consumer.topics, limit: Limits.consumerBatchMax)
        let events = Self.handful(of: found.events)
        backlog.record(max(0, found.head - offset))
        guard let last = events.last else {
            try await pass(found.head)
            backlog.record(0)
            return false
        }
        do {
            try await apply(Array(events))
            progress.advance(to: last.offset)
        } catch let error as SQLError where error.isPassing {
            throw error
        } catch {
            retries.increment()
            for event in events { try await applyAlone(event) }
        }
        return true
    }

    /// Moves on past events of other topics; now and then in the store too, or retention would wait for a quiet group.
    private func pass(_ head: Int64) async throws {
        let group = consumer.group
        let isDue = head - savedOffset.load(ordering: .relaxed) >= Limits.consumerBatchMax
        if isDue, consumer is any TransactionalConsumer {
            try await database.write { try ConsumerOffsets.save(head, group: group, in: $0) }
            savedOffset.store(head, ordering: .relaxed)
        }
        progress.advance(to: head)
    }

    /// Events of imports stand for thousands of facts each; few of them make a transaction that is long enough.
    private static func handful(of events: [Event]) -> ArraySlice<Event> {
        var facts = 0
        return events.prefix { event in
            defer { facts += event.list.count }
            return facts < Limits.consumerBatchFactsMax
        }
    }

    private func applyAlone(_ event: Event) async throws {
        var pause = Backoff()
        var attempts = 1
        while true {
            do {
                try await apply([event])
                return progress.advance(to: event.offset)
            } catch let error as SQLError where error.isPassing {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                guard attempts < Limits.consumerAttemptsMax else {
                    return try await bury(event, error: error, attempts: attempts)
                }
                attempts += 1
                retries.increment()
                try await Task.sleep(for: pause.next())
            }
        }
    }

    private func apply(_ events: [Event]) async throws {
        if let consumer = consumer as? any VolatileConsumer {
            return try await consumer.handle(events)
        }
        guard let consumer = consumer as? any TransactionalConsumer, let last = events.last else { return }
        try await database.write { store in
            try consumer.handle(events, in: store)
            try ConsumerOffsets.save(last.offset, group: consumer.group, in: store)
        }
        savedOffset.store(last.offset, ordering: .relaxed)
    }

    private func bury(_ event: Event, error: any Error, attempts: Int) async throws {
        failures.increment()
        logger.error(
            "event became a dead letter",
            metadata: ["group": "\(consumer.group)", "offset": "\(event.offset)", "error": "\(error)"])
        let storesOffset = consumer is any TransactionalConsumer
        try await deadLetters.bury(
            event, group: consumer.group, reason: "\(error)", attempts: attempts, savingOffset: storesOffset)
        progress.advance(to: event.offset)
    }
}

extension SQLError {
    /// Whether waiting may help.
    fileprivate var isPassing: Bool { code == .overloaded || code == .unavailable }
}
