import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct FastPathRevocationTests {}
}

/// Once something that takes sight away is answered, the fast path does not show it any more.
extension EndToEnd.FastPathRevocationTests {
    enum Change: String, CaseIterable, Sendable {
        case logout, suspension, newPassword, deletion
        case block, blockOf, unfollow, mute, deletedPost, hiddenPost, editedPost, lockedAuthor
        case suspendedAuthor, deletedAuthor
        // The last, for it takes everybody's token.
        case withdrawnKeys
    }

    /// A reader who follows an author, and what they read.
    private struct Pair {
        let author: Member
        let reader: Member
        let post: String
        let server: RunningServer
        let data: String

        var asAuthor: APIClient { server.api.with(token: author.token) }
        var asReader: APIClient { server.api.with(token: reader.token) }

        func read(_ path: String, anonymously: Bool = false) -> String {
            FastPath.get(path, as: anonymously ? nil : reader.token)
        }

        func make(_ change: Change) async throws {
            let at = ["--data-dir", data]
            let answer: HTTPClientResponse
            switch change {
            case .logout: answer = try await asReader.send("POST", "/v1/auth/logout")
            case .suspension: return try await command(["user", "suspend", reader.username] + at)
            case .newPassword:
                return try await command(
                    ["user", "set-password", reader.username, "--password", "a new password"] + at)
            case .deletion: answer = try await asReader.send("DELETE", "/v1/me", ["current_password": Member.password])
            case .withdrawnKeys: return try await command(["keys", "rotate", "--revoke-old"] + at)
            case .block: answer = try await asAuthor.send("POST", "/v1/users/\(reader.id)/block")
            case .blockOf: answer = try await asReader.send("POST", "/v1/users/\(author.id)/block")
            case .unfollow: answer = try await asReader.send("DELETE", "/v1/users/\(author.id)/follow")
            case .mute: answer = try await asReader.send("POST", "/v1/users/\(author.id)/mute")
            case .deletedPost: answer = try await asAuthor.send("DELETE", "/v1/posts/\(post)")
            case .hiddenPost:
                answer = try await asAuthor.send(
                    "PUT", "/v1/posts/\(post)", ["content": "hidden", "visibility": "private"])
            case .editedPost: answer = try await asAuthor.send("PUT", "/v1/posts/\(post)", ["content": "edited"])
            case .lockedAuthor:
                var request = try asAuthor.request("PATCH", "/v1/me", [:])
                request.body = Array(#"{"is_private":true}"#.utf8)
                answer = try await asAuthor.http.send(request)
            case .suspendedAuthor: return try await command(["user", "suspend", author.username] + at)
            case .deletedAuthor:
                answer = try await asAuthor.send("DELETE", "/v1/me", ["current_password": Member.password])
            }
            #expect([200, 202, 204].contains(answer.status), "\(change): \(answer.status) \(answer.text)")
        }

        private func command(_ arguments: [String]) async throws {
            try await Starling.succeed(arguments)
        }
    }

    /// What the reads show afterwards: statuses, and for the feed the texts in it.
    private struct Sight: Equatable {
        var post: Int? = 404
        var author: Int? = 404
        var anonymousPost: Int? = 404
        var anonymousAuthor: Int? = 404
        var feed: [String]? = []

        static func after(_ change: Change) -> Sight {
            switch change {
            case .block, .blockOf:
                // Whoever blocks someone still finds them.
                Sight(author: change == .blockOf ? 200 : 404, anonymousPost: 200, anonymousAuthor: 200)
            case .unfollow, .mute: Sight(post: 200, author: 200, anonymousPost: 200, anonymousAuthor: 200)
            case .deletedPost, .hiddenPost: Sight(author: 200, anonymousAuthor: 200)
            case .editedPost:
                Sight(post: 200, author: 200, anonymousPost: 200, anonymousAuthor: 200, feed: ["edited"])
            case .lockedAuthor:
                Sight(post: 200, author: 200, anonymousAuthor: 200, feed: ["seen"])
            case .suspendedAuthor, .deletedAuthor: Sight()
            default: Sight(post: 401, author: 401, anonymousPost: 200, anonymousAuthor: 200, feed: nil)
            }
        }
    }

    @Test("what is taken from sight is gone with the next read on an open connection")
    func changes() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let names = Change.allCases.flatMap { ["author_\($0)", "reader_\($0)"] }.map { $0.lowercased() }
        let members = try await Member.created(names, in: data, withPassword: true)
        try await RunningServer.with(data, FastPath.flags) { server in
            for (index, change) in Change.allCases.enumerated() {
                let (author, reader) = (members[2 * index], members[2 * index + 1])
                let post = try await server.api.with(token: author.token)
                    .send("POST", "/v1/posts", ["content": "seen"]).json["post_id"].string
                let pair = Pair(
                    author: author, reader: reader, post: try #require(post), server: server, data: data)
                try await expectGone(change, pair)
            }
        }
    }

    private func expectGone(_ change: Change, _ pair: Pair) async throws {
        #expect(try await pair.asReader.send("POST", "/v1/users/\(pair.author.id)/follow").status == 200)
        let connection = try RawConnection(port: pair.server.port)
        let paths = ["/v1/posts/\(pair.post)", "/v1/users/\(pair.author.id)"]
        let reads = paths.map { pair.read($0) } + paths.map { pair.read($0, anonymously: true) }
        let feed = pair.read("/v1/feed")
        for request in reads + [feed] { try await connection.warm(request, pair.server) }
        #expect(try await Self.texts(connection.ask(feed)) == ["seen"])

        try await pair.make(change)

        var sight = Sight()
        // The feed first: it must not rest on what the others loaded.
        sight.feed = try await Self.texts(connection.ask(feed))
        sight.post = try await connection.status(reads[0])
        sight.author = try await connection.status(reads[1])
        sight.anonymousPost = try await connection.status(reads[2])
        sight.anonymousAuthor = try await connection.status(reads[3])
        #expect(sight == Sight.after(change), "\(change)")
    }

    /// The texts in a feed, nil for a refusal.
    private static func texts(_ received: [UInt8]) async throws -> [String]? {
        let response = try #require(RawResponse.all(in: received).first)
        return response.status == 200 ? response.json["posts"].strings("content") : nil
    }
}
