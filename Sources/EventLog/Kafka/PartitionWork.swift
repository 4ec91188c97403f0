import Core
import Kafka

/// The work on one partition: what was read of it and has still to have its effect.
struct PartitionWork {
    struct Item {
        /// The record's place in the partition.
        let place: Int64
        let content: KafkaCodec.Decoded
    }

    /// A stretch of the work, to be applied in one transaction.
    struct Stretch {
        let partition: KafkaPartition
        let events: [Event]
        /// From where the group is believed to be, in offsets of the outbox, and to where it comes.
        let from: Int64
        let to: Int64
        let itemCount: Int
    }

    /// The outbox offset the group is believed to have applied; nil until it is read.
    var watermark: Int64?
    private(set) var items: [Item] = []
    /// The place to commit to Kafka, where it is not committed yet.
    private(set) var uncommitted: Int64?

    mutating func add(_ item: Item) { items.append(item) }

    /// Up to `limit` events from the front that lie beyond the watermark, each higher than the one before.
    func stretch(of partition: KafkaPartition, limit: Int, factsMax: Int) -> Stretch? {
        guard let watermark, !items.isEmpty else { return nil }
        var (reached, facts, count) = (watermark, 0, 0)
        var events: [Event] = []
        for item in items {
            guard events.count < limit, facts < factsMax else { break }
            count += 1
            guard item.content.offset > reached else { continue }
            reached = item.content.offset
            guard case .event(let event) = item.content else { continue }
            events.append(event)
            facts += event.list.count
        }
        return Stretch(partition: partition, events: events, from: watermark, to: reached, itemCount: count)
    }

    /// The first `count` items have had their effect.
    mutating func finish(_ count: Int, watermark: Int64? = nil) {
        if let last = items.prefix(count).last { uncommitted = last.place + 1 }
        items.removeFirst(min(count, items.count))
        self.watermark = watermark ?? self.watermark
    }

    mutating func takeUncommitted() -> Int64? {
        defer { uncommitted = nil }
        return uncommitted
    }
}
