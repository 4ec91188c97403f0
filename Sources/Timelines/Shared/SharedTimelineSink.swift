import Accounts
import Core
import Redis
import SQL
import Synchronization

/// Fan-out into Redis: gathers what a batch of events brings, writes it in one round trip to each node, and then tells the
/// processes that keep timelines in memory.
///
/// One fan-out works at a time on a partition of the log, so this is used by one task.
package final class SharedTimelineSink: TimelineSink {
    /// Deliveries gathered before they are written, so that memory stays bounded by one chunk of a large author.
    private static let gatheredMax = 10_000
    /// Timelines one script run delivers to: it holds the server up for that long.
    private static let keysPerRunMax = 128

    private struct Gathered {
        var parts: [TimelineUpdate.Part] = []
        var deliveries = 0
        var taken = 0
    }

    private let redis: Redis
    private let database: any Database
    private let pulled: PulledAuthorRows
    private let publisher: TimelineUpdatePublisher
    private let bounds: TimelineBounds
    private let gathered = Mutex(Gathered())

    package init(
        redis: Redis, database: any Database, pulled: PulledAuthorRows, publisher: TimelineUpdatePublisher,
        bounds: TimelineBounds
    ) {
        self.redis = redis
        self.database = database
        self.pulled = pulled
        self.publisher = publisher
        self.bounds = bounds
    }

    package var count: Int? { nil }

    package func deliver(_ position: Position, to owners: ArraySlice<Int64>) async throws -> Int {
        let isFull = gathered.withLock { gathered in
            gathered.parts.append(.init(kind: .delivered, position: position.rawValue, owners: Array(owners)))
            gathered.deliveries += owners.count
            return gathered.deliveries >= Self.gatheredMax
        }
        if isFull { try await write() }
        return 0
    }

    package func backfill(_ positions: [Position], completeFrom: Position, to owner: ID<Account>) async throws {
        // Before what comes later, and after what came before.
        try await write()
        let max = bounds.homeEntriesMax
        var batch = RedisBatch()
        batch.append(TimelineScripts.backfill, key: TimelineRecord.key(of: owner.rawValue)) { arguments in
            let isWhole = completeFrom == .lowest
            arguments.add(TimelineRecord.score(of: completeFrom.rawValue))
            arguments.add(isWhole ? [] : TimelineRecord.member(of: completeFrom.rawValue))
            arguments.add(Int64(max))
            arguments.add(Int64(TimelineRecord.trimLimit(max: max)))
            TimelineRecord.add(positions.map(\.rawValue), to: &arguments)
        }
        _ = try await redis.send(batch).checked()
        tellChanged(owner)
    }

    package func mayHold(_ owner: ID<Account>) -> Bool { true }

    package func remove(_ positions: Set<Int64>, from owner: ID<Account>) async throws {
        try await write()
        var batch = RedisBatch()
        batch.append("ZREM", TimelineRecord.key(of: owner.rawValue)) { arguments in
            for position in positions { arguments.add(TimelineRecord.member(of: position)) }
        }
        _ = try await redis.send(batch).checked()
        tellChanged(owner)
    }

    package func dropAll() async throws {
        try await write()
        try await TimelineGeneration.raise(in: database)
    }

    package func skip(_ position: Position, of author: ID<Account>) async throws {
        try await pulled.skip(position, of: author)
    }

    package func mode(of author: ID<Account>) -> FanOut { pulled.mode(of: author) }

    package func note(_ mode: FanOut, of author: ID<Account>) async throws {
        try await pulled.note(mode, of: author)
    }

    package func flush(through offset: Int64) async throws -> Int {
        try await write()
        try await publisher.finish(through: offset)
        return gathered.withLock { gathered in
            defer { gathered.taken = 0 }
            return gathered.taken
        }
    }

    private func tellChanged(_ owner: ID<Account>) {
        gathered.withLock { $0.parts.append(.init(kind: .changed, position: 0, owners: [owner.rawValue])) }
    }

    /// Writes what was gathered, and tells of it once it is there.
    private func write() async throws {
        let parts = gathered.withLock { gathered in
            defer {
                gathered.parts = []
                gathered.deliveries = 0
            }
            return gathered.parts
        }
        guard !parts.isEmpty else { return }
        // Where this throws, the events come again, and with them everything that was gathered.
        let batch = batch(delivering: parts)
        var taken: Int64 = 0
        if !batch.isEmpty {
            for reply in try await redis.send(batch).checked() { taken += try reply.integer() ?? 0 }
        }
        try await publisher.tell(parts)
        gathered.withLock { $0.taken += Int(clamping: taken) }
    }

    /// One script run for each bucket's timelines, or several.
    private func batch(delivering parts: [TimelineUpdate.Part]) -> RedisBatch {
        var byBucket: [Int64: [(owner: Int64, position: Int64)]] = [:]
        for part in parts where part.kind == .delivered {
            for owner in part.owners { byBucket[(owner >> 12) & 1023, default: []].append((owner, part.position)) }
        }
        let max = bounds.homeEntriesMax
        var batch = RedisBatch()
        batch.deadline = Limits.sharedDeliveryDeadline
        for deliveries in byBucket.values {
            for start in stride(from: 0, to: deliveries.count, by: Self.keysPerRunMax) {
                let run = deliveries[start..<min(start + Self.keysPerRunMax, deliveries.count)]
                batch.append(TimelineScripts.deliver, keys: run.map { TimelineRecord.key(of: $0.owner) }) { arguments in
                    arguments.add(Int64(max))
                    arguments.add(Int64(TimelineRecord.trimLimit(max: max)))
                    TimelineRecord.add(run.lazy.map(\.position), to: &arguments)
                }
            }
        }
        return batch
    }
}

extension Limits {
    /// How long Redis may take for what one batch of events brings.
    package static let sharedDeliveryDeadline: Duration = .seconds(5)
}
