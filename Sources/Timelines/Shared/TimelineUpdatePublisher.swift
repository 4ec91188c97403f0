import Core
import EventLog
import Logging
import NIOCore
import Redis
import ServiceLifecycle
import Synchronization

/// Tells processes with timelines in memory what fan-out did, in messages that are numbered without a gap, so that who
/// misses one notices with the next. There is a next one at least every half second.
package final class TimelineUpdatePublisher: Service {
    /// Owners in one message.
    private static let ownersMax = 8_000

    private struct State {
        var sequence: UInt64 = 0
        var through: Int64?
    }

    private let redis: Redis
    private let publisher = UInt64.random(in: .min ... .max)
    private let logger: Logger
    /// Where several processes share the work by partitions: what all of them have done. Nil where one does it all.
    private let allThrough: (@Sendable () async throws -> Int64)?
    /// Whether this process does the work now: another's heart beats instead.
    private let isActive: @Sendable () -> Bool
    private let state = Mutex(State())
    private let isTelling = Atomic<Bool>(false)

    package init(
        redis: Redis, logger: Logger, allThrough: (@Sendable () async throws -> Int64)? = nil,
        isActive: @escaping @Sendable () -> Bool = { true }
    ) {
        self.redis = redis
        self.allThrough = allThrough
        self.logger = logger
        self.isActive = isActive
    }

    package func run() async throws {
        let pause = allThrough == nil ? Self.heartbeat : Self.partitionedHeartbeat
        await Upkeep.run("tell of timelines", every: pause, logger: logger) {
            if let allThrough = self.allThrough {
                // Whoever did it told of it before it was counted as done, through the same server: so this comes after.
                try await self.tell([], through: try await allThrough())
            } else if self.isActive(), self.state.withLock({ $0.through }) != nil {
                // Silent until it has done something: before that it knows nothing.
                try await self.tell([])
            }
        }
    }

    private static let heartbeat: Duration = .milliseconds(500)
    private static let partitionedHeartbeat: Duration = .milliseconds(100)

    /// After a batch of events whose last is at `offset`.
    func finish(through offset: Int64) async throws {
        if allThrough == nil { try await tell([], through: offset) }
    }

    /// - Parameter offset: all through it is done; nil where that is as before.
    func tell(_ parts: [TimelineUpdate.Part], through offset: Int64? = nil) async throws {
        // One after the other: two messages under way could overtake each other.
        while isTelling.exchange(true, ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
        defer { isTelling.store(false, ordering: .releasing) }
        var batch = RedisBatch()
        // The channel stands where a key does: so all messages go through one node, and keep their order.
        for message in Self.messages(parts) { batch.append("PUBLISH", TimelineUpdate.channel, next(message, nil)) }
        if offset != nil || batch.isEmpty { batch.append("PUBLISH", TimelineUpdate.channel, next([], offset)) }
        _ = try await redis.send(batch).checked()
    }

    private func next(_ parts: [TimelineUpdate.Part], _ offset: Int64?) -> ByteBuffer {
        state.withLock { state in
            state.sequence += 1
            // Events that come again do not undo what is done.
            if let offset { state.through = max(offset, state.through ?? offset) }
            return TimelineUpdate(
                publisher: publisher, sequence: state.sequence, through: state.through ?? 0, parts: parts
            ).encoded
        }
    }

    /// Splits so that no message holds more owners than it may.
    private static func messages(_ parts: [TimelineUpdate.Part]) -> [[TimelineUpdate.Part]] {
        var messages: [[TimelineUpdate.Part]] = []
        var current: [TimelineUpdate.Part] = []
        var count = 0
        for part in parts {
            if count + part.owners.count > ownersMax, !current.isEmpty {
                messages.append(current)
                current = []
                count = 0
            }
            current.append(part)
            count += part.owners.count
        }
        if !current.isEmpty { messages.append(current) }
        return messages
    }
}
