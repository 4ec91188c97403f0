import Core
import SQL

@testable import Posts

extension HotQuery {
    private static let sharers = [PlanStore.author(10), PlanStore.author(20), PlanStore.author(30)]
    private static let post = PlanStore.post(4, of: 11)
    private static let position = Position(PlanStore.post(5, of: 10).rawValue + 1)
    private static let bySharers = ["reposts": "sharer_id IN (\(sharers.map(\.description).joined(separator: ", ")))"]

    static let shares = [
        HotQuery("reposts of many accounts", rows: bySharers) {
            _ = try RepostQueries.positions(
                ofSharers: sharers.map(\.rawValue), from: .lowest, before: .highest, limit: 20, dialect: .postgreSQL, $0
            )
        },
        HotQuery("reposts of one account", rows: ["reposts": "sharer_id = \(sharers[0])"]) {
            _ = try RepostQueries.positions(of: sharers[0], before: .highest, limit: 20, $0)
        },
        HotQuery(
            "what a repost stands for", rows: ["reposts": "position = \(position.rawValue)", "posts": "id = \(post)"]
        ) {
            _ = try RepostQueries.reposts(at: [position], dialect: .postgreSQL, $0)
        },
        HotQuery("who shared a post", rows: ["post_shares": "post_id = \(post)"]) {
            _ = try RepostQueries.page(of: post, before: .highest, limit: 20, $0)
        },
        HotQuery("who of some shared a post", rows: bySharers) {
            _ = try RepostQueries.sharings(of: post, by: sharers.map(\.rawValue), dialect: .postgreSQL, $0)
        },
        HotQuery("what quotes a post", rows: ["quotes": "post_id = \(post)"]) {
            _ = try QuoteRows.page(of: post, before: .highest, limit: 20, $0)
        },
        HotQuery("quoting a post", rows: ["posts": "id = \(post)"], isWrite: true) {
            let new = Post(
                id: PlanStore.post(50, of: 10), author: PlanStore.author(10), position: Position(position.rawValue + 9),
                visibility: .everyone, replyTo: nil, replyToAuthor: nil, rootID: nil, depth: 0, version: 1,
                createdAt: 0, editedAt: nil)
            let insert = QuoteRows.insert(
                new, of: Quote(post: post, author: PlanStore.author(11), position: Position(post.rawValue)))
            _ = try $0.execute(insert.sql, insert.arguments)
        },
        HotQuery("sharing a post", rows: ["posts": "id = \(post)"], isWrite: true) {
            let row = ID<RepostRow>(position.rawValue + 1)
            let insert = ShareWrites.insert(
                post, by: sharers[0], row: row, now: 0, otherwise: PostsError.sharingClosed)
            _ = try $0.execute(insert.sql, insert.arguments)
            let list = ShareWrites.list(post, by: sharers[0], row: row)
            _ = try $0.execute(list.sql, list.arguments)
        },
        HotQuery("taking a repost back", rows: ["posts": "id = \(post)"], isWrite: true) {
            _ = try ShareWrites.stored(post, by: sharers[0], $0)
            let share = ShareWrites.Stored(position: position.rawValue, author: 0, postPosition: 0)
            try ShareWrites.delete(share, of: post, by: sharers[0], now: 0, $0)
        },
    ]
}
