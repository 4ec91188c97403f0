import HTTPClient
import Testing
import TestSupport

/// One account of the crash test, with all it knows: what was acknowledged, and the one request that may be either way.
struct CrashWriter: Sendable {
    struct Post: Sendable {
        let key: String
        let content: String
        /// Nil until acknowledged.
        var id: String?
        var isDeleted = false
    }

    enum Action: Sendable {
        case post(Int)
        case delete(Int)
        case follow(String)
        case unfollow(String)
    }

    let account: Member
    let others: [String]
    private(set) var posts: [Post] = []
    private(set) var following: Set<String> = []
    /// Sent, and not answered when the server died.
    private(set) var unanswered: Action?
    private var numbers: SeededGenerator
    /// Posts from here on have not been looked at since a restart.
    private var verified = 0

    init(_ account: Member, others: [String], seed: Int) {
        self.account = account
        self.others = others
        numbers = SeededGenerator(seed: seed)
    }

    var live: [Post] { posts.filter { $0.id != nil && !$0.isDeleted } }

    // MARK: Load

    /// Writes until the server is gone.
    func written(to server: RunningServer) async throws -> CrashWriter {
        var writer = self
        let connection = try await server.api.http.connect()
        while !Task.isCancelled {
            let action = writer.nextAction()
            writer.unanswered = action
            guard let answer = try? await connection.send(writer.request(action, server)) else { break }
            #expect((200...204).contains(answer.status), "\(action) was answered \(answer.status): \(answer.text)")
            writer.acknowledge(action, answer)
        }
        await connection.close()
        return writer
    }

    private mutating func nextAction() -> Action {
        let choice = Int.random(in: 0..<100, using: &numbers)
        if choice < 12, let other = others.randomElement(using: &numbers) {
            return following.contains(other) ? .unfollow(other) : .follow(other)
        }
        if choice < 24, let index = posts.indices.filter({ !posts[$0].isDeleted }).randomElement(using: &numbers) {
            return .delete(index)
        }
        posts.append(
            Post(key: "key-\(posts.count)", content: "\(account.username) writes number \(posts.count) 🐦"))
        return .post(posts.count - 1)
    }

    private func request(_ action: Action, _ server: RunningServer) throws -> HTTPClientRequest {
        let api = server.api.with(token: account.token)
        return switch action {
        case .post(let index):
            try api.request(
                "POST", "/v1/posts", ["content": posts[index].content], idempotencyKey: posts[index].key)
        case .delete(let index): try api.request("DELETE", "/v1/posts/\(posts[index].id ?? "")")
        case .follow(let other): try api.request("POST", "/v1/users/\(other)/follow")
        case .unfollow(let other): try api.request("DELETE", "/v1/users/\(other)/follow")
        }
    }

    private mutating func acknowledge(_ action: Action, _ answer: HTTPClientResponse) {
        switch action {
        case .post(let index):
            posts[index].id = answer.json["post_id"].string
            #expect(posts[index].id != nil && answer.json["content"].string == posts[index].content)
        case .delete(let index): posts[index].isDeleted = true
        case .follow(let other): following.insert(other)
        case .unfollow(let other): following.remove(other)
        }
        unanswered = nil
    }

    // MARK: After a restart

    /// Finds out what became of the unanswered request, which is wholly done or not at all, and repeats it.
    mutating func settle(on server: RunningServer) async throws {
        let api = server.api.with(token: account.token)
        if let again = lastCertain {
            let answer = try await api.send(
                "POST", "/v1/posts", ["content": again.content], idempotencyKey: again.key)
            #expect(answer.status == 201 && answer.json["post_id"].string == again.id, "an acknowledged post again")
            #expect(answer.header("Idempotency-Replayed") == "true")
        }
        guard let action = unanswered else { return }
        if case .post(let index) = action {
            try await settlePost(index, api)
        } else {
            let answer = try await api.http.send(request(action, server))
            var allowed: Set = [200, 204]
            if case .delete = action { allowed.insert(404) }
            #expect(allowed.contains(answer.status), "\(action) repeated: \(answer.status)")
            acknowledge(action, answer)
        }
    }

    /// The last post that is there for certain.
    private var lastCertain: Post? {
        var certain = live
        if case .delete(let index) = unanswered { certain.removeAll { $0.key == posts[index].key } }
        return certain.last
    }

    private mutating func settlePost(_ index: Int, _ api: APIClient) async throws {
        let post = posts[index]
        let before = try await ids(withContent: post.content, api)
        #expect(before.count <= 1)
        let answer = try await api.send("POST", "/v1/posts", ["content": post.content], idempotencyKey: post.key)
        #expect(answer.status == 201, "a post repeated: \(answer.text)")
        acknowledge(.post(index), answer)
        if let id = before.first {
            #expect(answer.json["post_id"].string == id && answer.header("Idempotency-Replayed") == "true")
        }
        #expect(try await ids(withContent: post.content, api) == [posts[index].id], "one post for one key")
    }

    private func ids(withContent content: String, _ api: APIClient) async throws -> [String?] {
        let page = try await api.get("/v1/users/\(account.id)/posts?limit=20").json["posts"].array
        return page.filter { $0["content"].string == content }.map { $0["post_id"].string }
    }

    /// Expects what was acknowledged since the last time to be there, on one connection.
    mutating func verify(on server: RunningServer) async throws {
        let api = server.api.with(token: account.token)
        let connection = try await api.http.connect()
        for post in posts[verified...] {
            let answer = try await connection.send(api.request("GET", "/v1/posts/\(post.id ?? "")"))
            #expect(answer.status == (post.isDeleted ? 404 : 200), "\(post)")
            if !post.isDeleted { #expect(answer.json["content"].string == post.content) }
        }
        verified = posts.count
        for other in others {
            let answer = try await connection.send(api.request("GET", "/v1/users/\(other)/relationship"))
            #expect(answer.json["following"].bool == following.contains(other))
        }
        await connection.close()
    }
}
