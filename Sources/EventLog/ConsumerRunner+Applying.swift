import Core
import Logging
import Metrics
import SQL
import Synchronization

extension ConsumerRunner {
    /// Events of imports stand for thousands of facts each; few of them make a transaction that is long enough.
    static func handful(of events: [Event]) -> ArraySlice<Event> {
        var facts = 0
        return events.prefix { event in
            defer { facts += event.list.count }
            return facts < Limits.consumerBatchFactsMax
        }
    }

    func applyAlone(_ event: Event) async throws {
        var pause = Backoff()
        var attempts = 1
        while true {
            do {
                try await apply([event])
                return progress.advance(to: event.offset)
            } catch let error where error.isPassing {
                throw error
            } catch let error as WorkTaken {
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

    func apply(_ events: [Event]) async throws {
        if let consumer = consumer as? any VolatileConsumer {
            return try await consumer.handle(events)
        }
        guard let last = events.last else { return }
        let saved = savedOffset.load(ordering: .relaxed)
        if let consumer = consumer as? any IdempotentConsumer {
            try await consumer.handle(events)
            _ = try await database.commit(
                [ConsumerOffsets.move(consumer.group, from: saved, to: last.offset)], announcing: [])
        } else if let consumer = consumer as? any TransactionalConsumer {
            try await database.write { store in
                try consumer.handle(events, in: store)
                try ConsumerOffsets.move(consumer.group, from: saved, to: last.offset, in: store)
            }
        }
        savedOffset.store(last.offset, ordering: .relaxed)
    }

    private func bury(_ event: Event, error: any Error, attempts: Int) async throws {
        failures.increment()
        logger.error(
            "event became a dead letter",
            metadata: ["group": "\(consumer.group)", "offset": "\(event.offset)", "error": "\(error)"])
        let saved = consumer is any VolatileConsumer ? nil : savedOffset.load(ordering: .relaxed)
        try await deadLetters.bury(
            event, group: consumer.group, reason: "\(error)", attempts: attempts, movingFrom: saved)
        if saved != nil { savedOffset.store(event.offset, ordering: .relaxed) }
        progress.advance(to: event.offset)
    }
}
