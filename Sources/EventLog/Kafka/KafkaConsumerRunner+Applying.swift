import Core
import Logging
import SQL
import Telemetry

extension KafkaConsumerRunner {
    /// Makes the effects of these stretches and moves the watermarks with them.
    /// - Throws: `WorkTaken` where another process has moved one; what the consumer and the store throw.
    func apply(_ stretches: [PartitionWork.Stretch]) async throws {
        let moves = stretches.filter { $0.to > $0.from }
        guard !moves.isEmpty else { return }
        let events = moves.flatMap(\.events).sorted { $0.offset < $1.offset }
        if let consumer = consumer as? any IdempotentConsumer, !events.isEmpty { try await consumer.handle(events) }
        let consumer = consumer
        try await database.write { store in
            // First, so that work that was taken by another makes no effect to undo.
            for move in moves {
                try ConsumerWatermarks.move(
                    consumer.group, in: move.partition, from: move.from, to: move.to, in: store)
            }
            if let consumer = consumer as? any TransactionalConsumer, !events.isEmpty {
                try consumer.handle(events, in: store)
            }
        }
    }

    /// Applies one event, as often as is allowed; then it becomes a dead letter.
    func applyAlone(_ stretch: PartitionWork.Stretch) async throws {
        var pause = Backoff()
        var attempts = 1
        while true {
            do { return try await apply([stretch]) } catch let error as WorkTaken {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch let error as any PassingError where error.isPassing {
                throw error
            } catch {
                guard attempts < Limits.consumerAttemptsMax else {
                    return try await bury(stretch, error: error, attempts: attempts)
                }
                attempts += 1
                retries.increment()
                try await Task.sleep(for: pause.next())
            }
        }
    }

    private func bury(_ stretch: PartitionWork.Stretch, error: any Error, attempts: Int) async throws {
        let group = consumer.group
        try await deadLetters.bury(stretch.events, group: group, reason: "\(error)", attempts: attempts) { store in
            try ConsumerWatermarks.move(group, in: stretch.partition, from: stretch.from, to: stretch.to, in: store)
        }
        for event in stretch.events {
            failures.increment()
            logger.error(
                "event became a dead letter",
                metadata: [LogKey.group: "\(group)", LogKey.offset: "\(event.offset)", LogKey.error: "\(error)"])
        }
    }
}
