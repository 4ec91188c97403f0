import Accounts
import Core
import EventLog
import HTTPAPI
import Logging
import Posts
import SQL
import ServiceLifecycle
import SocialGraph
import Timelines
import TestSupport

@testable import Starling

/// A node whose consumers run, as in a server, on a store in a temporary folder.
struct LiveNode: Sendable {
    let node: Node
    let clock: TestClock

    static let logger = Logger(label: "scenario") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a node that is stopped afterwards.
    static func run<Value: Sendable>(
        _ settings: ServerSettings = .small, _ body: @Sendable (LiveNode) async throws -> Value
    ) async throws -> Value {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        let node = try await Node.opened(
            in: DataDirectory(folder.path), settings: settings, logger: logger, clock: clock.wall)
        let value = try await withThrowingTaskGroup(of: Void.self) { group in
            for service in node.services where service is ConsumerRunner {
                group.addTask { try await service.run() }
            }
            let value = try await body(LiveNode(node: node, clock: clock))
            group.cancelAll()
            return value
        }
        try await node.close()
        return value
    }

    var posts: PostService { node.api.posts }
    var graph: GraphService { node.api.graph }
    var feed: FeedReader { node.api.feed }

    func account(_ name: String) async throws -> ID<Account> {
        try await node.api.accounts.createAccount(try Username(name)).id
    }

    func accounts(_ name: String, _ count: Int) async throws -> [ID<Account>] {
        var ids: [ID<Account>] = []
        for number in 0..<count { ids.append(try await account("\(name)\(number)")) }
        return ids
    }

    @discardableResult
    func publish(
        _ author: ID<Account>, _ text: String = "hello", _ visibility: Visibility = .everyone
    ) async throws -> Post {
        clock.step(3)
        let draft = PostDraft(content: try PostContent(text), visibility: visibility)
        return try await posts.publish(draft, author: author).card.post
    }

    func setPrivate(_ account: ID<Account>, _ isPrivate: Bool) async throws {
        var changes = ProfileChanges()
        changes.isPrivate = isPrivate
        try await node.api.accounts.update(Principal(accountID: account, sessionID: 0, expiresAt: .max), changes)
    }

    func drained() async throws {
        try await node.eventLog.drained()
    }

    /// The whole home feed, page by page.
    func home(of viewer: ID<Account>, pageSize: Int) async throws -> [ID<Post>] {
        var found: [ID<Post>] = []
        var before: Position? = .highest
        while let place = before {
            let page = try await feed.page(of: viewer, before: place, limit: pageSize)
            found.append(contentsOf: page.posts.map(\.card.post.id))
            before = page.next
        }
        return found
    }

    /// All that became part of the feed since, page by page.
    func news(of viewer: ID<Account>, since: Int64, pageSize: Int) async throws -> (posts: [ID<Post>], latest: Int64) {
        var found: [ID<Post>] = []
        var through: Int64?
        var before = Position.highest
        while true {
            let page = try await feed.page(
                of: viewer, since: since, through: through, before: before, limit: pageSize)
            found.append(contentsOf: page.posts.map(\.card.post.id))
            guard let next = page.next else { return (found, page.latest) }
            through = page.latest
            before = next
        }
    }
}

extension ServerSettings {
    /// Bounds so small that every test meets them.
    static var small: ServerSettings {
        var settings = ServerSettings()
        settings.pullThreshold = 8
        settings.homeTimelinesMax = 192
        settings.timelineBounds = TimelineBounds(homeEntriesMax: 40, userEntriesMax: 24, backfillEntriesMax: 12)
        return settings
    }
}
