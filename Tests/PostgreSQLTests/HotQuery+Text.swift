import Core
import SQL

@testable import Posts

extension HotQuery {
    private static let naming = [PlanStore.post(7, of: 10), PlanStore.post(8, of: 11)]

    static let text = [
        HotQuery(
            "whom posts mention",
            rows: ["mentions": "post_id IN (\(naming.map(\.description).joined(separator: ", ")))"]
        ) {
            _ = try MentionRows.accounts(of: naming, $0)
        },
        HotQuery("posts of a tag", rows: ["post_tags": "tag = 'tag7'"]) {
            _ = try TagRows.positions(tagged: "tag7", before: .highest, limit: 20, $0)
        },
        HotQuery("followed tags", rows: ["tag_follows": "account_id = \(PlanStore.author(10))"]) {
            _ = try TagRows.followed(by: PlanStore.author(10), $0)
        },
        HotQuery("accounts by their names", rows: [:]) {
            _ = try MentionRows.accounts(named: ["user1", "user2", "user3"], $0)
        },
        HotQuery(
            "changing whom a post mentions", rows: ["mentions": "post_id = \(naming[0])"], isWrite: true
        ) {
            try MentionRows.delete(of: naming[0], $0)
        },
    ]
}
