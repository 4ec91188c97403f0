import Core

@testable import SocialGraph

extension HotQuery {
    private static let owner = PlanStore.author(10)

    static let lists = [
        HotQuery("lists of an account", rows: ["list_members": "account_id = \(owner)"]) {
            _ = try ListRows.lists(of: owner, before: .max, limit: 20, $0)
            _ = try ListRows.lists(of: owner, with: PlanStore.author(11), before: .max, limit: 20, $0)
        },
        HotQuery("members of a list", rows: ["list_members": "account_id = \(owner)"]) {
            _ = try ListRows.members(of: ID(3), owner, $0)
            _ = try ListRows.members(of: ID(3), owner, before: .max, limit: 20, $0)
        },
        HotQuery("whom exclusive lists keep", rows: ["list_members": "account_id = \(owner)"]) {
            _ = try ListRows.exclusiveMembers(of: owner, $0)
        },
    ]
}
