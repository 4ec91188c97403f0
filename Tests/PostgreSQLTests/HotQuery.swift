import Accounts
import Core
import EventLog
import SQL
import Testing

@testable import Engagement
@testable import Posts
@testable import SocialGraph

/// A question that is asked all the time, and the rows in whose partitions its answer lies.
struct HotQuery: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var isWrite = false
    /// By table, a condition for those rows.
    let rows: [String: String]
    let ask: @Sendable (StatementRecorder) throws -> Void

    init(
        _ name: String, rows: [String: String], isWrite: Bool = false,
        _ ask: @escaping @Sendable (StatementRecorder) throws -> Void
    ) {
        testDescription = name
        self.isWrite = isWrite
        self.rows = rows
        self.ask = ask
    }

    private static let authors = [PlanStore.author(10), PlanStore.author(20), PlanStore.author(30)]
    private static let posts = [PlanStore.post(7, of: 10), PlanStore.post(8, of: 11), PlanStore.post(9, of: 10)]
    private static let reply = PlanStore.post(5, of: 10)
    private static let parent = PlanStore.post(4, of: 11)

    private static func any<Entity>(_ column: String, of ids: [ID<Entity>]) -> String {
        "\(column) IN (\(ids.map(\.description).joined(separator: ", ")))"
    }

    static let all =
        timelines + cards + threads + comments + shares + polls + planned + views + text + notifications + engagement
        + graph
        + lists
        + writes + log

    private static let timelines = [
        HotQuery("posts of many authors", rows: ["posts": any("author_id", of: authors)]) {
            _ = try PostQueries.positions(
                ofAuthors: authors.map(\.rawValue), from: .lowest, before: .highest, limit: 20,
                dialect: .postgreSQL, $0)
        },
        HotQuery("replies to an author by others", rows: ["posts": any("author_id", of: authors)]) {
            _ = try PostQueries.replies(
                to: [PlanStore.author(11).rawValue], by: authors.map(\.rawValue), before: .highest, limit: 20,
                dialect: .postgreSQL, $0)
        },
        HotQuery("posts of one author", rows: ["posts": any("author_id", of: [authors[0]])]) {
            _ = try PostQueries.positions(of: authors[0], before: .highest, limit: 20, $0)
        },
        HotQuery("posts of one author without replies", rows: ["posts": any("author_id", of: [authors[0]])]) {
            _ = try PostQueries.positions(of: authors[0], before: .highest, limit: 20, replies: false, $0)
        },
    ]

    private static let cards = [
        HotQuery(
            "cards by position", rows: ["posts": any("id", of: posts), "post_counters": any("post_id", of: posts)]
        ) {
            _ = try PostQueries.cards(
                at: posts.map { Position($0.rawValue) }, dialect: .postgreSQL, $0)
        },
        HotQuery("cards by id", rows: ["posts": any("id", of: posts), "post_counters": any("post_id", of: posts)]) {
            _ = try PostQueries.cards(posts, dialect: .postgreSQL, $0)
        },
    ]

    private static let threads = [
        HotQuery("roots of threads", rows: ["posts": any("id", of: posts)]) {
            _ = try PostQueries.roots(posts, dialect: .postgreSQL, $0)
        }
    ]

    private static let engagement = [
        HotQuery("marks of an account", rows: ["viewer_marks": any("account_id", of: [authors[0]])]) {
            _ = try MarkQueries.newest(of: authors[0], $0)
        },
        HotQuery("marks of an account on some posts", rows: ["viewer_marks": any("account_id", of: [authors[0]])]) {
            _ = try MarkQueries.flags(of: posts.map(\.rawValue), by: authors[0], $0)
        },
        HotQuery("reactions to a post", rows: ["reactions": any("post_id", of: [posts[0]])]) {
            _ = try ReactionQueries.page(posts[0], only: nil, before: .max, limit: 20, $0)
        },
        HotQuery("counts of reactions", rows: ["reaction_counters": any("post_id", of: [posts[0]])]) {
            _ = try ReactionQueries.counts(posts[0], $0)
        },
        HotQuery("feedback of an account", rows: ["post_feedback": any("account_id", of: [authors[0]])]) {
            _ = try FeedbackRows.count(of: authors[0], $0)
            _ = try FeedbackRows.oldest(of: authors[0], $0)
        },
        HotQuery("taking a mark back", rows: ["viewer_marks": any("account_id", of: [authors[0]])], isWrite: true) {
            for statement in MarkQueries.set(.reaction, to: 0, of: posts[0], by: authors[0]) {
                try $0.append(statement)
            }
        },
    ]

    private static let graph = [
        HotQuery("followees", rows: ["following": any("follower_id", of: [authors[0]])]) {
            _ = try GraphQueries.followees(of: authors[0], $0)
        },
        HotQuery("followers", rows: ["followers": any("followee_id", of: [authors[0]])]) {
            _ = try GraphQueries.followers(of: authors[0], $0)
        },
        HotQuery("close friends who follow", rows: ["following": any("follower_id", of: Array(authors.dropFirst()))]) {
            _ = try GraphQueries.closeFriendsFollowing(authors[0], $0)
        },
        HotQuery("relations", rows: ["following": any("follower_id", of: [authors[0]])]) {
            _ = try GraphQueries.relations(of: authors[0], $0)
        },
        HotQuery("relationship", rows: ["following": any("follower_id", of: Array(authors.prefix(2)))]) {
            _ = try GraphQueries.relationship(authors[0], authors[1], $0)
        },
    ]

    private static let writes = [
        HotQuery("what stands above a reply", rows: ["posts": any("id", of: [reply, parent])], isWrite: true) {
            _ = try PostQueries.ancestors(of: reply, dialect: .postgreSQL, $0)
        },
        // The recorder answers with post 1, whose mark is then turned.
        HotQuery(
            "counting a reply", rows: ["posts": any("id", of: [reply]) + " OR tableoid = 'posts_0'::regclass"],
            isWrite: true
        ) {
            let event = Event(
                .postPublished, key: 1, subject: reply.rawValue, object: 1,
                flags: PostFlags(visibility: .everyone).rawValue, occurredAt: 0)
            try PostCountersConsumer(dialect: .postgreSQL).handle([event], in: $0)
        },
        HotQuery("an author's own post", rows: ["posts": any("id", of: [posts[0]])], isWrite: true) {
            _ = try PostService.ownPost(posts[0], authors[0], $0)
        },
        // The recorder answers that it answers post 1, and that this is gone, too.
        HotQuery(
            "deleting a post", rows: ["posts": any("id", of: [posts[0]]) + " OR tableoid = 'posts_0'::regclass"],
            isWrite: true
        ) { store in
            let stored = try PostService.ownPost(posts[0], authors[0], store)
            try PostDeletion.delete(posts[0], author: authors[0], #require(stored), now: 0, store)
        },
        HotQuery("ending a follow", rows: [:], isWrite: true) {
            try GraphWrites.removeFollow(authors[0], authors[1], now: 0, $0)
        },
    ]

    private static let log = [
        HotQuery("the newest events", rows: [:]) {
            _ = try Outbox.head($0)
            _ = try Outbox.events(after: 39_900, topics: Set(Topic.allCases), limit: 1_000, $0)
        },
        HotQuery("events of some keys", rows: [:]) {
            _ = try Outbox.events(ofKeys: authors.map(\.rawValue), after: 39_000, through: 40_000, limit: 1_000, $0)
        },
    ]
}
