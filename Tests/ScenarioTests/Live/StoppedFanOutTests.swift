import Accounts
import Core
import EventLog
import HTTPAPI
import Posts
import SQL
import SocialGraph
import TestSupport
import Testing

@testable import Starling
@testable import Timelines

/// A fan-out that was stopped in the midst of its work, whose place another took.
@Suite struct StoppedFanOutTests {
    /// Does something just before it takes activities out.
    private struct Interrupted: TimelineSink {
        let base: MemoryTimelineSink
        let meanwhile: @Sendable () async throws -> Void

        var count: Int? { base.count }

        func deliver(_ position: Position, to owners: ArraySlice<Int64>) async throws -> Int {
            base.deliver(position, to: owners)
        }

        func backfill(_ positions: [Position], completeFrom: Position, to owner: ID<Account>) async throws {
            base.backfill(positions, completeFrom: completeFrom, to: owner)
        }

        func mayHold(_ owner: ID<Account>) async -> Bool { base.mayHold(owner) }

        func remove(_ positions: Set<Int64>, from owner: ID<Account>) async throws {
            try await meanwhile()
            base.remove(positions, from: owner)
        }

        func dropAll() async throws { base.dropAll() }
        func skip(_ position: Position, of author: ID<Account>) async throws { base.skip(position, of: author) }
        func mode(of author: ID<Account>) async throws -> FanOut { base.mode(of: author) }
        func note(_ mode: FanOut, of author: ID<Account>) async throws { base.note(mode, of: author) }
        func flush(through offset: Int64) async throws -> Int { base.flush(through: offset) }
    }

    @Test("what it takes out late of an author who is followed again comes back")
    func lateRemoval() async throws {
        try await LiveNode.run { live in
            let (viewer, author) = (try await live.account("viewer"), try await live.account("author"))
            try await live.graph.follow(viewer, author)
            let post = try await live.publish(author)
            try await live.drained()
            #expect(try await live.home(of: viewer, pageSize: 5) == [post.id])
            try await live.graph.unfollow(viewer, author)
            // Not drained: what the live fan-out took out itself, the stopped one could not.
            let events = try await live.node.database.read {
                try Outbox.events(after: 0, topics: [.graph], limit: 9, $0)
            }
            let stopped = FanOutWork(
                database: live.node.database, directory: live.node.api.directory,
                followers: FollowerLists(database: live.node.database),
                sink: Interrupted(
                    base: MemoryTimelineSink(
                        home: live.node.home, users: live.node.users, pulled: live.feed.pulled),
                    meanwhile: {
                        try await live.graph.follow(viewer, author)
                        try await live.drained()
                        #expect(try await live.home(of: viewer, pageSize: 5) == [post.id])
                    }),
                policy: FanOutPolicy(pullThreshold: 8), clock: live.clock.wall)
            try await stopped.handle(events.filter { $0.kind == .unfollowed })
            #expect(try await live.home(of: viewer, pageSize: 5) == [post.id])
        }
    }
}
