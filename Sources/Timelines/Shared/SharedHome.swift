import Accounts
import Core
import Redis

/// Home timelines as a process reads them where Redis has them: from its own memory as long as that is in step, else from
/// Redis, and where Redis does not answer, not at all: then the store tells.
package struct SharedHome: Sendable {
    private let memory: HomeTimelines
    private let timelines: SharedTimelines
    private let updates: TimelineUpdates

    package init(memory: HomeTimelines, timelines: SharedTimelines, updates: TimelineUpdates) {
        self.memory = memory
        self.timelines = timelines
        self.updates = updates
    }

    /// Removes a timeline from Redis; those in memory go by themselves when the account is erased.
    /// - Returns: how many activities it held.
    /// - Throws: `RedisError` where Redis does not answer.
    package func forget(_ owner: ID<Account>) async throws -> Int64 { try await timelines.forget(owner) }

    /// The newest `limit` entries below `before`; where nothing is known, none, with a floor above everything.
    func slice(
        of owner: ID<Account>, before: Position, limit: Int, build: @Sendable () async throws -> Timeline
    ) async throws -> HomeTimelines.Slice {
        do {
            while updates.isFollowing {
                if let slice = memory.slice(of: owner, before: before, limit: limit) { return slice }
                try await memory.ensure(owner) { try await timelines.timeline(of: owner, build: build) }
                // It came while nothing was told: right for this answer's like, but not to be kept.
                if !updates.isFollowing { memory.drop(owner) }
            }
            let timeline = try await timelines.timeline(of: owner, build: build)
            return HomeTimelines.Slice(
                entries: Array(timeline.page(before: before, limit: limit)), floor: timeline.floor)
        } catch is RedisError {
            return HomeTimelines.Slice(entries: [], floor: .highest)
        }
    }
}
