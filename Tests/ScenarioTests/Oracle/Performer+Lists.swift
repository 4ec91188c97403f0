import Core
import HTTPAPI
import SocialGraph

@testable import Starling

extension Performer {
    func performOnLists(_ operation: Operation) async throws -> Outcome {
        let graph = world.node.api.graph
        func list(_ user: Int, _ number: Int) -> ID<AccountList> { world.lists[user, default: []][number] }
        switch operation {
        case .makeList(let user, let isExclusive, let replies):
            let changes = ListChanges(title: "a list", isExclusive: isExclusive, replies: replies)
            world.lists[user, default: []].append(try await graph.makeList(changes, viewer: ids[user]).id)
        case .changeList(let user, let number, let isExclusive, let replies):
            let changes = ListChanges(isExclusive: isExclusive, replies: replies)
            _ = try await graph.changeList(list(user, number), changes, viewer: ids[user])
        case .deleteList(let user, let number): try await graph.deleteList(list(user, number), viewer: ids[user])
        case .enlist(let user, let number, let member):
            _ = try await graph.addMembers([ids[member]], to: list(user, number), viewer: ids[user])
        case .delist(let user, let number, let member):
            try await graph.removeMember(ids[member], from: list(user, number), viewer: ids[user])
        default: break
        }
        return .done
    }
}
