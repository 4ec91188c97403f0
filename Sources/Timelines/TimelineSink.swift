import Accounts
import Core

/// Where fan-out brings activities: the memory of this process, or Redis for many processes.
///
/// Everything may come twice, and in any order of events of different keys; the end is the same.
package protocol TimelineSink: Sendable {
    /// Adds one activity to each owner's timeline, where there is one. It may take effect as late as `flush`.
    /// - Returns: how many timelines took it, as far as is known by now.
    func deliver(_ position: Position, to owners: ArraySlice<Int64>) async throws -> Int

    /// Merges a new followee's posts, complete from `completeFrom` on.
    func backfill(_ positions: [Position], completeFrom: Position, to owner: ID<Account>) async throws

    /// Whether `remove` could find anything in the owner's timeline.
    func mayHold(_ owner: ID<Account>) async -> Bool

    /// Takes activities out.
    func remove(_ positions: Set<Int64>, from owner: ID<Account>) async throws

    /// Forgets every timeline.
    func dropAll() async throws

    /// Notes a post of an author who is pulled: readers have to merge the author in from now on.
    func skip(_ position: Position, of author: ID<Account>) async throws

    /// How the author's last post reached followers.
    func mode(of author: ID<Account>) async throws -> FanOut

    /// Notes a change of that.
    func note(_ mode: FanOut, of author: ID<Account>) async throws

    /// Returns once all before has had its effect.
    /// - Parameter offset: the last event that it came from.
    /// - Returns: how many timelines took what `deliver` had not reported.
    func flush(through offset: Int64) async throws -> Int

    /// Timelines held, for the metric; nil where nobody counts them.
    var count: Int? { get }
}

/// Timelines and pulled authors in the memory of this process.
package struct MemoryTimelineSink: TimelineSink {
    private let home: HomeTimelines
    private let users: UserTimelines
    private let pulled: PulledAuthors

    package init(home: HomeTimelines, users: UserTimelines, pulled: PulledAuthors) {
        self.home = home
        self.users = users
        self.pulled = pulled
    }

    package var count: Int? { home.count }

    package func deliver(_ position: Position, to owners: ArraySlice<Int64>) -> Int {
        home.deliver(position, to: owners)
    }

    package func backfill(_ positions: [Position], completeFrom: Position, to owner: ID<Account>) {
        home.backfill(positions, completeFrom: completeFrom, to: owner)
    }

    package func mayHold(_ owner: ID<Account>) -> Bool { home.timeline(of: owner) != nil }

    package func remove(_ positions: Set<Int64>, from owner: ID<Account>) {
        home.remove(positions, from: owner)
    }

    package func dropAll() {
        users.dropAll()
        home.dropAll()
    }

    package func skip(_ position: Position, of author: ID<Account>) {
        pulled.skip(position, of: author)
    }

    package func note(_ mode: FanOut, of author: ID<Account>) {
        pulled.set(mode, for: author)
    }

    package func mode(of author: ID<Account>) -> FanOut { pulled.mode(of: author) }

    package func flush(through offset: Int64) -> Int { 0 }
}
