import Core
import Kafka

/// How far a relay has come, and how much of that others know.
struct RelayCourse {
    /// Events on their way to the brokers, oldest first; without any where quiet partitions are told how far the log is.
    struct Flight {
        let rows: [OutboxRow]
        let delivery: KafkaDelivery
    }

    /// Every event up to this offset has been handed over.
    private(set) var sent: Int64
    /// Every event up to this offset has been confirmed by the brokers.
    private(set) var published: Int64
    /// The offset in the store.
    private(set) var saved: Int64
    private var flights: [Flight] = []
    private var savedAt = ContinuousClock.now
    private var marked: Int64 = 0
    private var markedAt = ContinuousClock.now

    init(_ start: Int64) {
        sent = start
        published = start
        saved = start
    }

    var isSaveDue: Bool { published > saved && .now - savedAt >= Limits.relaySavePause }
    var isMarkDue: Bool { published > marked && .now - markedAt >= Limits.relayMarkPause }

    mutating func note(_ rows: [OutboxRow], _ delivery: KafkaDelivery) {
        flights.append(Flight(rows: rows, delivery: delivery))
        sent = rows.last?.offset ?? sent
    }

    mutating func noteMark(_ delivery: KafkaDelivery) {
        flights.append(Flight(rows: [], delivery: delivery))
        marked = published
        markedAt = .now
    }

    /// What is to be waited for next: the oldest, if that takes no time or if more must not be on their way.
    func landing(where isSettled: (KafkaDelivery) -> Bool) -> Flight? {
        guard let oldest = flights.first else { return nil }
        return flights.count >= Limits.relayFlightsMax || isSettled(oldest.delivery) ? oldest : nil
    }

    /// The oldest has been confirmed.
    mutating func land() {
        guard !flights.isEmpty else { return }
        published = flights.removeFirst().rows.last?.offset ?? published
    }

    mutating func noteSaved() {
        saved = published
        savedAt = .now
    }
}
