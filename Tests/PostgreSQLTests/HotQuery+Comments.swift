import Core
import SQL

@testable import Posts

extension HotQuery {
    private static let parent = PlanStore.post(4, of: 11)
    private static let reply = PlanStore.post(5, of: 10)

    static let comments =
        CommentOrder.allCases.flatMap { order in
            [nil, ReplyRows.Place(likes: 3, position: Position(reply.rawValue))].map { place in
                HotQuery(
                    "comments by \(order)\(place == nil ? "" : ", further on")",
                    rows: ["replies": "post_id = \(parent)"]
                ) {
                    _ = try ReplyRows.page(of: parent, by: order, after: place, limit: 20, $0)
                }
            }
        } + [
            HotQuery(
                "adding a comment", rows: ["posts": "id = \(parent)"], isWrite: true
            ) {
                let post = Post(
                    id: reply, author: PlanStore.author(10), position: Position(reply.rawValue + 1),
                    visibility: .everyone,
                    replyTo: parent, replyToAuthor: PlanStore.author(11), rootID: parent, depth: 1, version: 1,
                    createdAt: 0, editedAt: nil)
                let statement = ReplyRows.insert(post, to: parent, root: parent)
                _ = try $0.execute(statement.sql, statement.arguments)
            },
            HotQuery("counting likes of a reply", rows: ["posts": "id = \(reply)"], isWrite: true) {
                try ReplyRows.addLikes([reply.rawValue: 1], dialect: .postgreSQL, $0)
            },
        ]
}
