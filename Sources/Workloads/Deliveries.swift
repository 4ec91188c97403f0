import Accounts
import Bench
import Core
import Synchronization
import Timelines

/// Deliveries of new posts into home timelines in memory, each to some random followers.
public final class Deliveries: Sendable {
    private struct State {
        var position: Int64
        var next = 0
    }

    private let home: HomeTimelines
    private let owners: [Int64]
    private let followers: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - timelines: how many there are, all of them full.
    ///   - followers: who get one post.
    public init(timelines: Int = 200_000, followers: Int = 50) async throws {
        let clock = SteppedClock()
        let home = HomeTimelines(timelinesMax: timelines * 2, clock: clock.wall)
        let entries = (1...Int64(Limits.homeTimelineEntriesMax)).reversed().map { Position($0 << 22) }
        for owner in 0..<Int64(timelines) {
            try await home.ensure(ID(Self.account(owner))) {
                Timeline(newestFirst: entries, isWhole: false, entriesMax: Limits.homeTimelineEntriesMax)
            }
        }
        var numbers = SplitMix64(seed: 1)
        owners = (0..<max(1 << 20, followers)).map { _ in
            Self.account(Int64.random(in: 0..<Int64(timelines), using: &numbers))
        }
        self.home = home
        self.followers = followers
        state = Mutex(State(position: Int64(Limits.homeTimelineEntriesMax + 1) << 22))
    }

    private static func account(_ index: Int64) -> Int64 { index << 22 | index & 0x3FF << 12 | 1 }

    /// Delivers posts until `count` timelines have taken one, or a few more.
    /// - Throws: `WorkloadError` where a timeline did not take its post.
    public func deliver(_ count: Int) throws {
        let posts = (count + followers - 1) / followers
        let taken = state.withLock { state in
            (0..<posts).reduce(0) { taken, _ in
                state.position += 1 << 22
                if state.next + followers > owners.count { state.next = 0 }
                defer { state.next += followers }
                return taken + home.deliver(Position(state.position), to: owners[state.next..<state.next + followers])
            }
        }
        // A follower drawn twice takes a post once.
        guard taken * 10 >= posts * followers * 9 else { throw WorkloadError("only \(taken) deliveries were taken") }
    }
}
