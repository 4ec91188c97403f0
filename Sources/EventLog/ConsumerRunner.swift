import Core
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Synchronization
import Telemetry

/// Drives one consumer group: at least once, in order, waking at once, in batches.
///
/// A group whose effects are rows rests after it has handled some, unless it is a batch behind or somebody waits for it: its
/// rows and its offset would otherwise take a part of every commit, the more so while there are many.
///
/// An event that keeps failing is set aside as a dead letter after `Limits.consumerAttemptsMax` tries. A store that is
/// unavailable is no fault of the event, so that is waited out.
package final class ConsumerRunner: Service, Sendable {
    package let consumer: any EventConsumer
    let database: any Database
    let progress: ConsumerProgress
    private let signal: WakeSignal
    private let tail: EventTail
    private let rest = Rest()
    /// The offset in the store, as far as this process knows; 0 for a consumer that keeps none.
    let savedOffset = Atomic<Int64>(0)
    /// Where several processes share a group's work; nil where this process alone does it.
    private let lease: WorkLease?
    /// The holding of the lease that `savedOffset` was read in; 0 for none.
    private let preparedEpoch = Atomic<Int64>(0)
    /// Whether the store is to be told the place, also where no event of the group's own has come.
    private let isSaveDue = Atomic<Bool>(false)
    let deadLetters: DeadLetters
    let logger: Logger
    let retries: Counter
    let failures: Counter
    private let backlog: Gauge

    init(
        consumer: any EventConsumer, database: any Database, tail: EventTail, deadLetters: DeadLetters,
        lease: WorkLease?, logger: Logger
    ) {
        self.consumer = consumer
        self.lease = lease
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
        lease?.onAcquired { [signal] in signal.send() }
    }

    /// Called when events were committed.
    func wake() { signal.send() }

    /// Everything up to this offset has had its effect.
    package var processed: Int64 { progress.offset }

    /// Returns once everything up to `offset` has had its effect.
    package func waitUntilProcessed(_ offset: Int64) async throws {
        guard lease != nil else { return try await progress.wait(for: offset, onWait: rest.end) }
        // It may be another process that does the work.
        let group = consumer.group
        while try await database.read({ try ConsumerOffsets.current(of: group, in: $0) }) < offset {
            rest.end()
            try await Task.sleep(for: .milliseconds(20))
        }
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
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [self] in
                let task = "save the place of \(consumer.group)"
                await Upkeep.run(task, every: Limits.consumerPlaceAge, logger: logger) { savePlace() }
            }
            await handleAll()
            tasks.cancelAll()
        }
    }

    private func handleAll() async {
        await withGracefulShutdownHandler {
            for await _ in signal.stream {
                // Only cancellation and shutdown end it.
                do { try await handleRested() } catch { return }
            }
        } onGracefulShutdown: { [signal, rest] in
            signal.finish()
            rest.endForGood()
        }
    }

    /// Has the store told how far the group has come, where the last events were of other topics and none come that would move it.
    package func savePlace() {
        let saved = savedOffset.load(ordering: .relaxed)
        guard !(consumer is any VolatileConsumer), progress.offset > saved else { return }
        isSaveDue.store(true, ordering: .relaxed)
        signal.send()
    }

    /// Handles everything that is in the log.
    package func drain() async throws {
        tail.noteAppended()
        while try await handleBatches() == .some {}
    }

    /// Handles everything that is in the log, at its ease.
    private func handleRested() async throws {
        let rests = consumer is any TransactionalConsumer
        var hasRested = false
        var handled: Handled
        repeat {
            handled = try await handleBatches()
            guard rests, handled != .nothing || !hasRested else { continue }
            await rest.take(Limits.consumerRest) { progress.isAwaited }
            hasRested = true
        } while handled == .some && !Task.isShuttingDownGracefully
    }

    /// What a look at the log gave to do.
    private enum Handled {
        case nothing
        /// All that was found; more may have come meanwhile.
        case some
        /// As much as is handled at once.
        case full
    }

    /// Handles full batches and the one that is not.
    /// - Returns: `.nothing` where there was none after the full ones.
    private func handleBatches() async throws -> Handled {
        var pause = Backoff()
        while true {
            try Task.checkCancellation()
            do {
                guard try await holdsWork() else { return .nothing }
                let handled = try await handleBatch()
                // Others may go on writing for ever.
                guard handled == .full, !Task.isShuttingDownGracefully else { return handled }
                pause = Backoff()
            } catch is CancellationError {
                throw CancellationError()
            } catch is WorkTaken {
                // Where the lease is still this process's it goes on from where the other came.
                preparedEpoch.store(0, ordering: .relaxed)
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

    /// Whether this process is to do the group's work; finds the place to go on from when it becomes so.
    private func holdsWork() async throws -> Bool {
        guard let lease else { return true }
        guard let epoch = lease.epoch else { return false }
        guard epoch != preparedEpoch.load(ordering: .relaxed) else { return true }
        try await prepare()
        preparedEpoch.store(epoch, ordering: .relaxed)
        return true
    }

    private func handleBatch() async throws -> Handled {
        let offset = progress.offset
        let found = try await tail.events(
            after: offset, topics: consumer.topics, limit: Limits.consumerBatchMax)
        let events = Self.handful(of: found.events)
        backlog.record(max(0, found.head - offset))
        guard let last = events.last else {
            try await pass(found.head)
            backlog.record(0)
            return .nothing
        }
        do {
            try await apply(Array(events))
            progress.advance(to: last.offset)
        } catch let error as WorkTaken {
            throw error
        } catch let error where error.isPassing {
            throw error
        } catch {
            retries.increment()
            for event in events { try await applyAlone(event) }
        }
        return found.events.count < Limits.consumerBatchMax && events.count == found.events.count ? .some : .full
    }

    /// Moves on past events of other topics; now and then in the store too, or retention would wait for a quiet group.
    private func pass(_ head: Int64) async throws {
        let saved = savedOffset.load(ordering: .relaxed)
        // Where work is shared, only the store tells others how far it has come.
        let isAsked = isSaveDue.exchange(false, ordering: .relaxed) || lease != nil
        let isDue = head - saved >= Limits.consumerBatchMax || isAsked && head > saved
        if isDue, !(consumer is any VolatileConsumer) {
            _ = try await database.commit(
                [ConsumerOffsets.move(consumer.group, from: saved, to: head)], announcing: [])
            savedOffset.store(head, ordering: .relaxed)
        }
        progress.advance(to: head)
    }
}

extension Limits {
    /// How long retention may wait for a group that has nothing to do.
    static let consumerPlaceAge: Duration = .seconds(60)
}
