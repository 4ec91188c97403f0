import Accounts
import Bench
import Core
import HTTPAPI
import HTTPTypes
import Posts
import SocialGraph

/// Accounts, follows and posts in an in-process server, the same for the same numbers.
struct Community: Sendable {
    let server: InProcessServer
    let accounts: [ID<Account>]
    private let tokens: [String]
    private let texts = SeededTexts.make(count: 256, seed: 1)

    /// - Parameters:
    ///   - size: how many accounts there are.
    ///   - follows: who follows whom, by their place among the accounts.
    init(size: Int, follows: [(follower: Int, followee: Int)]) async throws {
        let server = try await InProcessServer()
        let names = try (0..<size).map { try Username("user_\($0)") }
        let ids = try await server.services.accounts.importAccounts(names.map { ImportedAccount(username: $0) })
        let accounts = names.compactMap { ids[$0.value] }
        guard accounts.count == size else { throw WorkloadError("\(size - accounts.count) accounts are missing") }
        self.server = server
        self.accounts = accounts
        for start in stride(from: 0, to: follows.count, by: Limits.importBatchMax) {
            let batch = follows[start..<min(start + Limits.importBatchMax, follows.count)]
            _ = try await server.services.graph.importFollows(
                batch.map { (follower: accounts[$0.follower], followee: accounts[$0.followee]) })
        }
        let issued = try await server.services.accounts.issueTokens(usernames: names)
        let byAccount = Dictionary(uniqueKeysWithValues: issued.map { ($0.account, $0.accessToken) })
        tokens = accounts.compactMap { byAccount[$0] }
        try await server.drain()
    }

    /// Brings in posts of the past, `interval` milliseconds apart, oldest first.
    func importPosts(by authors: [Int], interval: Int64 = 1_000) async throws {
        let first = server.clock.now - Int64(authors.count) * interval
        let posts = authors.enumerated().map { index, author in
            ImportedPost(
                author: accounts[author], content: text(index), writtenAt: first + Int64(index) * interval)
        }
        for start in stride(from: 0, to: posts.count, by: Limits.importBatchMax) {
            let end = min(start + Limits.importBatchMax, posts.count)
            _ = try await server.services.posts.importPosts(
                Array(posts[start..<end]), checkpoint: ImportCheckpoint(source: "workload", linesDone: Int64(end)))
        }
        try await server.drain()
    }

    func text(_ index: Int) -> String { texts[index % texts.count] }

    /// The first page of an account's home feed.
    func feedRequest(of account: Int) -> APIRequest {
        APIRequest(
            method: .get, path: "/v1/feed", query: ["limit": "20"],
            headers: [.authorization: "Bearer \(tokens[account])"])
    }

    /// The same as a client sends it.
    func feedRequestBytes(of account: Int) -> [UInt8] {
        Array(
            "GET /v1/feed?limit=20 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(tokens[account])\r\n\r\n".utf8
        )
    }

    /// Reads feeds the ordinary way, which builds the timelines that are missing.
    func readFeeds(of accounts: Range<Int>) async throws {
        for account in accounts { _ = try await server.answer(feedRequest(of: account)) }
    }

    /// A new post of about 300 characters.
    func postRequest(by account: Int, _ index: Int) -> APIRequest {
        APIRequest(
            method: .post, path: "/v1/posts",
            headers: [.authorization: "Bearer \(tokens[account])", .contentType: "application/json"],
            body: Array(#"{"content":"\#(text(index))"}"#.utf8))
    }

    /// Publishes one after the other, a moment apart.
    func publish(by authors: [Int]) async throws {
        for (index, author) in authors.enumerated() {
            server.clock.step()
            _ = try await server.answer(postRequest(by: author, index))
        }
        try await server.drain()
    }
}
