import Accounts
import Core

/// Drops every timeline in memory and builds anew those that were warm.
package struct TimelineRebuild: Sendable {
    private let home: HomeTimelines
    private let users: UserTimelines
    private let source: TimelineSource
    private let clock: WallClock

    package init(home: HomeTimelines, users: UserTimelines, source: TimelineSource, clock: WallClock) {
        self.home = home
        self.users = users
        self.source = source
        self.clock = clock
    }

    /// - Returns: how many were rebuilt; the rest refill when they are read.
    package func run() async throws -> Int {
        let owners = home.owners()
        users.dropAll()
        home.dropAll()
        for owner in owners {
            try await home.ensure(owner) { try await source.home(of: owner, now: clock.now()) }
        }
        return owners.count
    }
}
