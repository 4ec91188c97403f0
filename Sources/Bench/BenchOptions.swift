import HTTPClient

/// What the load consists of.
package enum BenchScenario: String, Sendable, CaseIterable, Codable {
    /// Reads of the first page of the home feed.
    case feed
    /// New posts of about 300 characters.
    case publish
    /// Ten feed reads to one new post.
    case mixed
    /// Reactions to given posts, each another than the account gave before.
    case react
    /// One author publishes at a fixed rate while followers poll until they see each post.
    case fanout
}

/// A complete description of one run.
package struct BenchOptions: Sendable {
    package var address: HTTPClient.Address
    package var scenario: BenchScenario
    /// Access tokens, dealt round the connections; a connection rotates through its share.
    package var tokens: [String]
    /// `fanout` only: who publishes. Without it the first of `tokens` publishes and the others read.
    package var authorToken: String?
    package var connections = 64
    package var threads = 1
    package var warmup: Duration = .seconds(2)
    package var duration: Duration = .seconds(10)
    /// Requests a second, at fixed intervals whatever the server does; nil sends the next request when the last is
    /// answered (a closed loop). For `fanout`: posts a second, 10 unless given.
    package var rate: Double?
    /// Posts a feed read asks for: 20 unless given, and 1 for `fanout`.
    package var pageSize: Int?
    /// `fanout` only: a reader's pause between two polls, which bounds the resolution of the visible latency.
    package var pollInterval: Duration = .milliseconds(5)
    /// `react` only: ids of the posts.
    package var posts: [String] = []
    /// Whether new posts carry an `Idempotency-Key` of their own.
    package var sendsIdempotencyKeys = false
    /// The server's process, to report its CPU time per request (Linux only).
    package var pid: Int?
    /// Decides the posts' texts.
    package var seed: UInt64 = 1
    /// How long a response may take before its connection is closed and the request counted as `timeout`.
    package var requestTimeout: Duration = .seconds(10)
    /// Open loop: how many due requests may wait for a free connection, over all threads; more are `dropped`.
    package var queueMax = 10_000

    package init(address: HTTPClient.Address, scenario: BenchScenario, tokens: [String]) {
        self.address = address
        self.scenario = scenario
        self.tokens = tokens
    }
}

extension BenchOptions {
    static let connectionsMax = 60_000
    static let threadsMax = 64
    static let fanoutRateDefault = 10.0

    var effectivePageSize: Int { pageSize ?? (scenario == .fanout ? 1 : 20) }
    var effectiveRate: Double? { rate ?? (scenario == .fanout ? Self.fanoutRateDefault : nil) }
    /// Fan-out runs on one event loop, where its readers and its author share their state without a lock.
    var effectiveThreads: Int { scenario == .fanout ? 1 : min(threads, connections) }
    var effectiveConnections: Int { scenario == .fanout ? fanoutReaderTokens.count + 1 : connections }
    /// One reader for each token that has a connection left for it.
    var fanoutReaderTokens: ArraySlice<String> {
        (authorToken == nil ? tokens.dropFirst() : tokens[...]).prefix(connections - 1)
    }

    /// - Throws: `BenchError` with a sentence that says which setting is impossible.
    func validate() throws {
        try require(!tokens.isEmpty, "at least one access token is needed")
        try require(scenario != .react || !posts.isEmpty, "react needs the ids of posts to react to")
        try require(posts.allSatisfy { UInt64($0) != nil }, "an id of a post is no number")
        try require(
            (tokens + [authorToken].compactMap(\.self)).allSatisfy {
                $0.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            },
            "an access token has characters that cannot stand in a header")
        try require((1...Self.connectionsMax).contains(connections), "connections: 1 to \(Self.connectionsMax)")
        try require((1...Self.threadsMax).contains(threads), "threads: 1 to \(Self.threadsMax)")
        try require(duration > .zero && warmup >= .zero, "the duration must be positive and the warmup not negative")
        try require(rate.map { $0 > 0 && $0 <= 1e7 } ?? true, "the rate must be positive, 10 million a second at most")
        try require(effectivePageSize > 0, "the page size must be positive")
        try require(requestTimeout > .zero && pollInterval >= .zero, "the time limits must be positive")
        try require(queueMax > 0, "the queue must hold at least one request")
        if scenario == .fanout {
            try require(connections >= 2, "fanout needs two connections: one publishes, the others read")
            try require(!fanoutReaderTokens.isEmpty, "fanout needs an author's token and at least one follower's")
        }
    }

    private func require(_ condition: Bool, _ message: String) throws {
        guard condition else { throw BenchError(message) }
    }
}
