import Core
import SQL

@testable import Posts

extension HotQuery {
    private static let parent = PlanStore.post(4, of: 11)
    private static let reply = PlanStore.post(5, of: 10)
    private static let root = PlanStore.post(3, of: 12)

    private static func answer(to parent: ID<Post>, in root: ID<Post>) -> Post {
        Post(
            id: reply, author: PlanStore.author(10), position: Position(reply.rawValue + 1), visibility: .everyone,
            replyTo: parent, replyToAuthor: PlanStore.author(11), rootID: root, depth: 1, version: 1, createdAt: 0,
            editedAt: nil)
    }

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
                let statement = ReplyRows.insert(answer(to: parent, in: parent), to: parent, root: parent)
                _ = try $0.execute(statement.sql, statement.arguments)
            },
            HotQuery(
                "adding an answer to a comment", rows: ["posts": "id IN (\(parent), \(root))"], isWrite: true
            ) {
                let statement = ReplyRows.insert(answer(to: parent, in: root), to: parent, root: root)
                _ = try $0.execute(statement.sql, statement.arguments)
            },
            // The recorder answers that the parent is gone, too, which answered post 1.
            HotQuery(
                "taking a comment out of its list",
                rows: [
                    "posts": "id = \(parent)",
                    "replies": "bucket IN (\(parent.bucket), \(reply.bucket))",
                ], isWrite: true
            ) {
                try ReplyRows.withdraw(reply, at: reply.rawValue, below: parent, $0)
            },
            HotQuery(
                "places of deleted comments",
                rows: ["posts": "id = \(reply)"]
            ) {
                _ = try PostQueries.deletedComments([reply.rawValue], by: .position, dialect: .postgreSQL, $0)
            },
            HotQuery("counting likes of a reply", rows: ["posts": "id = \(reply)"], isWrite: true) {
                try ReplyRows.addLikes([reply.rawValue: 1], dialect: .postgreSQL, $0)
            },
        ]
}
