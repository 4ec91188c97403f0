import Accounts
import Core
import Metrics
import Synchronization

extension HomeTimelines {
    /// Brings the timeline into memory; one build per owner runs at a time, others wait for it.
    package func ensure(
        _ owner: ID<Account>, build: @Sendable () async throws -> Timeline
    ) async throws {
        switch enter(owner) {
        case .warm: return
        case .building: try await waitForBuild(of: owner)
        case .mine: try await runBuild(of: owner, build)
        }
    }

    private enum Entry { case warm, building, mine }

    private func enter(_ owner: ID<Account>) -> Entry {
        part(of: owner).shard.withLock { shard in
            if shard.warm.find(owner.rawValue) != nil { return .warm }
            if shard.builds[owner.rawValue] != nil { return .building }
            shard.builds[owner.rawValue] = Build()
            return .mine
        }
    }

    private func waitForBuild(of owner: ID<Account>) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let ended = part(of: owner).shard.withLock { shard -> Bool in
                guard shard.builds[owner.rawValue] != nil else { return true }
                shard.builds[owner.rawValue]?.waiters.append(continuation)
                return false
            }
            if ended { continuation.resume() }
        }
    }

    private func runBuild(of owner: ID<Account>, _ build: @Sendable () async throws -> Timeline) async throws {
        do {
            while true {
                let timeline = try await build()
                if let waiters = finish(owner, with: timeline) {
                    rebuilds.increment()
                    for waiter in waiters { waiter.resume() }
                    return
                }
            }
        } catch {
            let waiters = part(of: owner).shard.withLock { shard in
                shard.builds.removeValue(forKey: owner.rawValue)?.waiters ?? []
            }
            for waiter in waiters { waiter.resume(throwing: error) }
            throw error
        }
    }

    /// - Returns: those who wait, or nil where the build was overtaken and has to start again.
    private func finish(
        _ owner: ID<Account>, with timeline: Timeline
    ) -> [CheckedContinuation<Void, any Error>]? {
        let now = clock.now()
        return part(of: owner).shard.withLock { shard in
            guard let build = shard.builds[owner.rawValue] else { return [] }
            guard !build.isStale else {
                shard.builds[owner.rawValue]?.restart()
                return nil
            }
            shard.builds[owner.rawValue] = nil
            var timeline = timeline
            timeline.merge(build.deliveries, completeFrom: .lowest)
            makeRoom(in: &shard)
            shard.warm.set(timeline, for: owner.rawValue, lastRead: now)
            return build.waiters
        }
    }

    private func makeRoom(in shard: inout Shard) {
        guard shard.warm.count >= timelinesMaxOfPart, let owner = shard.warm.ownerToEvict() else { return }
        shard.warm.remove(owner)
        evictions.increment()
    }
}
