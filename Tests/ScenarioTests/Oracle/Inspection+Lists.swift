import Core
import HTTPAPI
import Posts
import SocialGraph
import Timelines

@testable import Starling

// The feeds of lists
extension Inspection {
    /// All lists of a viewer, page by page to their ends. They are read from the store, so they are right at any moment;
    /// counters are so once everything has caught up.
    func checkListFeeds(of viewer: Int, pageSize: Int, isCaughtUp: Bool) async throws {
        for (number, list) in world.lists[viewer, default: []].enumerated() {
            let what = "feed of list \(number) by \(pageSize)"
            guard !model.users[viewer].lists[number].isDeleted else {
                try await checkAbsent(list, viewer, what)
                continue
            }
            let found = try await listFeed(list, of: viewer, pageSize: pageSize)
            let expected = model.feed(in: model.circle(ofList: number, of: viewer), of: viewer)
            if isCaughtUp { try compare(found, expected, viewer, .home, what) }
            guard found.map(\.card.post.id.rawValue) == expected.map(\.id),
                found.map(\.place.rawValue) == expected.map(\.place)
            else {
                let (shown, wanted) = (Set(found.map(\.card.post.id.rawValue)), Set(expected.map(\.id)))
                throw Mismatch(
                    what: what, viewer: viewer, missing: wanted.subtracting(shown), surplus: shown.subtracting(wanted))
            }
        }
    }

    private func checkAbsent(_ list: ID<AccountList>, _ viewer: Int, _ what: String) async throws {
        do {
            _ = try await world.node.api.graph.scope(of: list, viewer: ids[viewer])
            throw Mismatch(what: what + " is there after its end", viewer: viewer)
        } catch is GraphError {}
    }

    private func listFeed(
        _ list: ID<AccountList>, of viewer: Int, pageSize: Int
    ) async throws -> [PostService.Shown] {
        let scope = try await world.node.api.graph.scope(of: list, viewer: ids[viewer])
        var found: [PostService.Shown] = []
        var before: Position? = .highest
        while let place = before {
            let page = try await world.node.api.feed.page(
                of: scope, viewer: ids[viewer], before: place, limit: pageSize)
            found.append(contentsOf: page.posts)
            before = page.next
        }
        return found
    }
}
