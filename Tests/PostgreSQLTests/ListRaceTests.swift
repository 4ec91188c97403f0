import Accounts
import Core
import SQL
import TestSupport
import Testing

@testable import SocialGraph

@Suite("Lists under races")
struct ListRaceTests {
    @Test("whoever is unfollowed while put on a list is on none; the last list is made once", arguments: [true, false])
    func races(onServer: Bool) async throws {
        let database: any Database =
            onServer
            ? try await Server.open(Server.settings())
            : try SQLiteDatabase(path: TemporaryFolder().file("lists.db"))
        try await Town.run(on: database) { town in
            let chronicle = Chronicle(town)
            for name in ["owner", "member"] { try await chronicle.join(name) }
            let (owner, member) = (chronicle.id("owner"), chronicle.id("member"))
            let list = try await town.graph.makeList(ListChanges(title: "a list"), viewer: owner).id
            for _ in 0..<30 {
                _ = try await town.graph.follow(owner, member)
                async let added = outcome { _ = try await town.graph.addMembers([member], to: list, viewer: owner) }
                async let left = outcome { _ = try await town.graph.unfollow(owner, member) }
                _ = await added
                #expect(await left == nil)
                #expect(try await town.graph.scope(of: list, viewer: owner).members.isEmpty)
            }
            for number in 2..<Limits.listsMax {
                _ = try await town.graph.makeList(ListChanges(title: "list \(number)"), viewer: owner)
            }
            let refusals = await withTaskGroup(of: GraphError.Code?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        await outcome { _ = try await town.graph.makeList(ListChanges(title: "last"), viewer: owner) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.count { $0 == nil } == 1)
            #expect(refusals.count { $0 == .limitReached } == 5)
        }
    }

    /// Why it was refused, nil where it went through.
    private func outcome(_ body: () async throws -> Void) async -> GraphError.Code? {
        do {
            try await body()
            return nil
        } catch let error as GraphError {
            return error.code
        } catch {
            Issue.record(error)
            return nil
        }
    }
}
