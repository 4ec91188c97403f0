import Core
import Foundation
import Testing

@testable import Starling

@Suite struct DemoCommunityTests {
    static let now: Int64 = 1_750_000_000_000

    func install(_ demo: DemoCommunity, on admin: FakeAdmin) async throws -> DemoCommunity.Login {
        try await demo.install(through: admin, progress: .silent, clock: WallClock { Self.now })
    }

    @Test("a community of the default size, with a login whose feed has something in it")
    func community() async throws {
        let admin = FakeAdmin()
        let login = try await install(DemoCommunity(), on: admin)
        let state = admin.now
        #expect(state.accounts.count == 201)
        #expect(state.follows.count == 3_000)
        #expect(state.posts.count == 2_000)
        #expect(login.newFollows == 3_000)
        #expect(login.newPosts == 2_000)
        #expect(state.passwords == [login.username: login.password])
        #expect(state.follows.allSatisfy { $0.follower != $0.followee })
        #expect((25...35).contains(state.follows.count { $0.follower == login.username }))
        #expect(state.follows.count { $0.followee == login.username } >= 10)
        #expect(state.posts.allSatisfy { (Self.now - 14 * 86_400_000...Self.now).contains($0.writtenAt) })
        #expect(state.accounts.keys.allSatisfy { $0.wholeMatch(of: #/[a-z0-9_]{2,30}/#) != nil })
        #expect(state.drains == 1)
    }

    @Test("a few have most followers")
    func heavyTail() {
        let graph = DemoGraph(users: 1_000, follows: 20_000, seed: 1)
        let counts = Dictionary(grouping: graph.follows, by: \.followee).values.map(\.count).sorted(by: >)
        #expect(counts.prefix(100).reduce(0, +) > 20_000 / 2)
        #expect(counts[0] > 20 * counts[counts.count / 2])
    }

    @Test("installing twice changes nothing")
    func idempotent() async throws {
        let admin = FakeAdmin()
        let first = try await install(DemoCommunity(), on: admin)
        let before = admin.now
        let second = try await install(DemoCommunity(), on: admin)
        #expect(second == DemoCommunity.Login(username: first.username, password: first.password))
        #expect(admin.now.follows == before.follows)
        #expect(admin.now.posts.count == before.posts.count)
        #expect(admin.now.accounts == before.accounts)
    }

    @Test("one that was interrupted is completed", arguments: 3..<16)
    func resumed(commands: Int) async throws {
        let demo = DemoCommunity(size: .init(users: 500, follows: 5_000, posts: 5_000), batchMax: 2_000)
        let (whole, admin) = (FakeAdmin(), FakeAdmin())
        _ = try await install(demo, on: whole)
        admin.breakConnection(after: commands)
        await #expect(throws: ImportError.self) { try await install(demo, on: admin) }
        admin.breakConnection(after: nil)
        _ = try await install(demo, on: admin)
        #expect(admin.now.follows == whole.now.follows)
        #expect(admin.postLines == whole.postLines)
    }

    @Test("the same seed, the same community")
    func seeded() async throws {
        let (first, second, other) = (FakeAdmin(), FakeAdmin(), FakeAdmin())
        _ = try await install(DemoCommunity(seed: 5), on: first)
        _ = try await install(DemoCommunity(seed: 5), on: second)
        _ = try await install(DemoCommunity(seed: 6), on: other)
        #expect(first.postLines == second.postLines)
        #expect(first.now.follows == second.now.follows)
        #expect(first.postLines != other.postLines)
    }

    @Test("small, dense and large communities", arguments: [(2, 100, 0), (3, 0, 10), (20, 1_000, 5), (9_000, 10, 10)])
    func sizes(users: Int, follows: Int, posts: Int) async throws {
        let admin = FakeAdmin()
        _ = try await install(DemoCommunity(size: .init(users: users, follows: follows, posts: posts)), on: admin)
        #expect(admin.now.accounts.count == users + 1)
        #expect(admin.now.follows.count == min(follows, users * (users - 1) / 2))
        #expect(admin.now.posts.count == posts)
    }

    @Test("a size that makes no community is refused")
    func refused() async throws {
        await #expect(throws: ImportError.self) {
            try await install(DemoCommunity(size: .init(users: 1)), on: FakeAdmin())
        }
    }

    @Test("someone else's account named demo is left alone")
    func taken() async throws {
        let admin = FakeAdmin()
        _ = try await admin.perform(.createUser(username: "demo", email: nil, password: "their own"))
        await #expect(throws: ImportError.self) { try await install(DemoCommunity(), on: admin) }
        #expect(admin.now.passwords == ["demo": "their own"])
    }
}
