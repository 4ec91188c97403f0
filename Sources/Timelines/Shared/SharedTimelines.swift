import Accounts
import Core
import Metrics
import Redis
import Telemetry

/// Home timelines in Redis, which fan-out writes and every process reads.
///
/// One is built from the store when it is first read, and registered before the store is looked at, so that what is
/// delivered meanwhile is kept. Nothing here is the only home of a fact: what is gone or void is built again.
package struct SharedTimelines: Sendable {
    /// A build that was overtaken this often is left to the next reader; what it read is right all the same.
    private static let attemptsMax = 3

    private let redis: Redis
    private let generation: TimelineGeneration
    private let bounds: TimelineBounds
    private let rebuilds = Counter(label: MetricName.timelineRebuilds)

    package init(redis: Redis, generation: TimelineGeneration, bounds: TimelineBounds) {
        self.redis = redis
        self.generation = generation
        self.bounds = bounds
    }

    /// The owner's timeline, from Redis or, where it is not there, from the store and then in Redis.
    /// - Parameter build: reads the store.
    /// - Throws: `RedisError` where Redis does not answer, and what `build` throws.
    package func timeline(
        of owner: ID<Account>, build: @Sendable () async throws -> Timeline
    ) async throws -> Timeline {
        var built: Timeline?
        for _ in 0..<Self.attemptsMax {
            let generation = generation.current
            let found = try await read(owner)
            if let marker = found.marker, let floor = marker.floor(history: found.history, generation: generation) {
                return Timeline(entries: found.entries, notBelow: floor, entriesMax: bounds.homeEntriesMax)
            }
            let (history, token) = try await begin(owner, replacing: found.marker)
            guard token.isBuild else { continue }
            let timeline = try await build()
            if try await finish(owner, token, timeline, history: history, generation: generation) {
                rebuilds.increment()
                return timeline
            }
            built = timeline
        }
        if let built { return built }
        return try await build()
    }

    /// Removes a timeline. One that somebody reads after that is built again.
    /// - Returns: how many activities it held.
    /// - Throws: `RedisError` where Redis does not answer.
    package func forget(_ owner: ID<Account>) async throws -> Int64 {
        var batch = RedisBatch()
        batch.append(TimelineScripts.forget, key: TimelineRecord.key(of: owner.rawValue))
        return try await redis.send(batch).only().integer() ?? 0
    }

    private struct Found {
        let history: String
        let marker: TimelineMarker?
        let entries: [Int64]
    }

    private func read(_ owner: ID<Account>) async throws -> Found {
        var batch = RedisBatch()
        batch.append(TimelineScripts.read, key: TimelineRecord.key(of: owner.rawValue)) { arguments in
            arguments.add(Limits.homeTimelineInactivityMax.components.seconds)
        }
        var parts = try await redis.send(batch).only().elements()?.makeIterator()
        let history = try parts?.next()?.string() ?? ""
        var marker: TimelineMarker?
        var entries: [Int64] = []
        entries.reserveCapacity(bounds.homeEntriesMax)
        try parts?.next()?.forEachBytes { bytes in
            guard let bytes else { return }
            if let position = TimelineRecord.position(of: bytes) {
                entries.append(position)
            } else {
                marker = TimelineMarker(bytes: Array(bytes))
            }
        }
        return Found(history: history, marker: marker, entries: entries)
    }

    private func begin(
        _ owner: ID<Account>, replacing void: TimelineMarker?
    ) async throws -> (history: String, marker: TimelineMarker) {
        var batch = RedisBatch()
        // Another's build is joined; only what was finished can be void.
        let voidBytes = void.map { $0.isBuild ? [] : $0.bytes } ?? []
        batch.append(TimelineScripts.begin, key: TimelineRecord.key(of: owner.rawValue)) { arguments in
            arguments.add(TimelineMarker.build().bytes)
            arguments.add(voidBytes)
            arguments.add(Int64(Limits.timelineBuildSeconds))
        }
        var parts = try await redis.send(batch).only().elements()?.makeIterator()
        let history = try parts?.next()?.string() ?? ""
        let marker = try parts?.next()?.withBytes { Array($0) } ?? []
        return (history, TimelineMarker(bytes: marker))
    }

    private func finish(
        _ owner: ID<Account>, _ token: TimelineMarker, _ timeline: Timeline, history: String, generation: Int64
    ) async throws -> Bool {
        let marker = TimelineMarker.finished(history: history, generation: generation, floor: timeline.floor)
        var batch = RedisBatch()
        batch.append(TimelineScripts.finish, key: TimelineRecord.key(of: owner.rawValue)) { arguments in
            arguments.add(token.bytes)
            arguments.add(marker.bytes)
            arguments.add(Limits.homeTimelineInactivityMax.components.seconds)
            arguments.add(Int64(bounds.homeEntriesMax))
            TimelineRecord.add(timeline.entries, to: &arguments)
        }
        return try await redis.send(batch).only().integer() == 1
    }
}

extension Limits {
    /// How long a build in Redis may take; then another begins.
    package static let timelineBuildSeconds = 60
}
