import Core
import Posts

/// A made-up community to try the server with: the same one for the same size and seed.
struct DemoCommunity: Sendable {
    struct Size: Hashable, Sendable {
        var users = 200
        var follows = 3_000
        var posts = 2_000
    }

    /// What to tell the person who wants to try it.
    struct Login: Hashable, Sendable {
        var username: String
        var password: String
        /// How many follows and posts were new.
        var newFollows = 0
        var newPosts = 0
    }

    static let username = "demo"
    private static let usersMin = 2
    private static let spread: Int64 = 14 * 86_400_000

    let size: Size
    let seed: UInt64
    private let password: String
    private let batchMax: Int

    /// - Parameters:
    ///   - size: besides the account `demo`; follows beyond half of what is possible are left out.
    ///   - batchMax: rows of one transaction.
    ///   - password: of the account `demo`. Whoever can reach the server can know the default.
    init(
        size: Size = Size(), seed: UInt64 = 1, password: String = "starling-demo", batchMax: Int = Limits.importBatchMax
    ) {
        self.size = size
        self.seed = seed
        self.batchMax = batchMax
        self.password = password
    }

    /// Installs what is missing: a second time, nothing.
    /// - Throws: `ImportError`.
    func install(
        through port: any AdminPort, progress: ProgressOutput = .standardError, clock: WallClock = .system
    ) async throws -> Login {
        guard size.users >= Self.usersMin, size.follows >= 0, size.posts >= 0 else {
            throw ImportError("A demo community needs \(Self.usersMin) users, and no counts below zero.")
        }
        let graph = DemoGraph(users: size.users, follows: size.follows, seed: seed)
        let reporter = ProgressReporter(
            "Setting up the demo", unit: "rows", total: size.users + graph.follows.count + size.posts, output: progress)
        defer { reporter.finish() }
        try await createDemoAccount(through: port)
        let accounts = try await importAccounts(through: port, reporter)
        let follows = try await send(follows(graph, among: accounts), as: "follows", to: port, reporter)
        let posts = try await send(posts(by: accounts, now: clock.now()), as: "posts", to: port, reporter)
        try await port.drain()
        return Login(username: Self.username, password: password, newFollows: follows, newPosts: posts)
    }

    private func createDemoAccount(through port: any AdminPort) async throws {
        let source = "demo-account"
        guard try await port.linesImported(source: source) == 0 else { return }
        try await port.createUser(Self.username, password: password)
        _ = try await port.importPosts([], source: source, linesDone: 1)
    }

    /// - Returns: the id of the account `demo`, then those of the others by their rank.
    private func importAccounts(through port: any AdminPort, _ reporter: ProgressReporter) async throws -> [Int64] {
        let names = [Self.username] + DemoNames.names(count: size.users, seed: seed)
        var ids: [Int64] = []
        for batch in batches(names) {
            ids += try await port.importAccounts(Array(batch))
            reporter.advance(by: batch.count)
        }
        return ids
    }

    private func follows(_ graph: DemoGraph, among accounts: [Int64]) -> [ImportBatch] {
        batches(graph.follows).map { batch in
            ImportBatch(
                follows: batch.flatMap { [accounts[$0.follower], accounts[$0.followee]] },
                linesDone: Int64(batch.endIndex))
        }
    }

    /// Over the last 14 days, oldest first; those who have many followers write more.
    private func posts(by accounts: [Int64], now: Int64) -> [ImportBatch] {
        var numbers = SeededNumbers(seed: seed, line: 0)
        let authors = ZipfRanks(count: size.users)
        let ages = (0..<size.posts).map { _ in Int64(numbers.below(Int(Self.spread))) }.sorted(by: >)
        let posts = ages.enumerated().map { index, age in
            // Every now and then the account `demo` itself, so that who follows it has something to read.
            AdminPost(
                author: accounts[index % 40 == 39 ? 0 : authors.draw(&numbers) + 1],
                content: BuiltInTexts.post(&numbers),
                writtenAt: now - age)
        }
        return batches(posts).map { ImportBatch(posts: Array($0), linesDone: Int64($0.endIndex)) }
    }

    /// - Returns: how many follows or posts were new.
    private func send(
        _ batches: [ImportBatch], as part: String, to port: any AdminPort, _ reporter: ProgressReporter
    ) async throws -> Int {
        let source = "demo-\(part)-\(size.users)-\(size.follows)-\(size.posts)-\(seed)"
        let done = try await port.linesImported(source: source)
        var added = 0
        for batch in batches {
            if batch.linesDone > done {
                let new = try await batch.send(to: port, source: source)
                added += new.follows + new.posts.posts
            }
            reporter.advance(by: batch.follows.count / 2 + batch.posts.count)
        }
        return added
    }

    private func batches<Element>(_ elements: [Element]) -> [ArraySlice<Element>] {
        stride(from: 0, to: elements.count, by: batchMax).map { start in
            elements[start..<min(start + batchMax, elements.count)]
        }
    }
}
