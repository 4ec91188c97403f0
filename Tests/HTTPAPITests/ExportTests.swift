import Accounts
import BlobStore
import Core
import Foundation
import HTTPTypes
import NIOCore
import SQL
import Testing

@testable import Exports
@testable import HTTPAPI

@Suite("Exports of accounts", .timeLimit(.minutes(10)))
struct ExportTests {
    /// Alice with something in every section; bob and carol beside her.
    static func populate(_ server: TestServer) async throws -> (alice: Person, bob: Person, posts: [String]) {
        let cast = try await server.cast()
        let (alice, bob, carol) = (cast.alice, cast.bob, cast.carol)
        try await server.follow(alice, bob)
        try await server.follow(bob, alice)
        let own = try await server.publish("mine, of #all @bob", by: alice)
        let other = try await server.publish("bob's own words", by: bob)
        _ = await server.send(Call(.put, "/v1/posts/\(own)", as: alice.token, #"{"content":"mine, mended #all"}"#))
        _ = await server.post("/v1/posts", as: alice, #"{"content":"only me","visibility":"private"}"#)
        for post in [own, other] {
            _ = await server.post("/v1/posts/\(post)/comments", as: alice, #"{"content":"well said"}"#)
            _ = await server.post("/v1/posts", as: alice, #"{"content":"look","quote_of":"\#(post)"}"#)
            _ = await server.post("/v1/posts/\(post)/share", as: alice)
            _ = await server.post("/v1/posts/\(post)/like", as: alice, #"{"reaction":"WOW"}"#)
            _ = await server.post("/v1/posts/\(post)/bookmark", as: alice, #"{"folder":"Später"}"#)
        }
        _ = await server.post("/v1/posts/\(own)/pin", as: alice)
        _ = await server.post("/v1/posts/\(own)/like", as: cast.dan)
        _ = await server.post("/v1/users/\(carol.id)/block", as: alice)
        _ = await server.post("/v1/users/\(bob.id)/mute", as: alice)
        _ = await server.send(Call(.put, "/v1/me/markers", as: alice.token, #"{"home":"\#(own)"}"#))
        let poll = await server.ask(by: alice)
        _ = await server.vote("0", in: poll, by: alice)
        _ = await server.put("/v1/me/close-friends/\(cast.dan.id)", as: alice)
        _ = await server.post("/v1/me/drafts", as: alice, #"{"content":"an idea"}"#)
        _ = await server.post(
            "/v1/me/scheduled", as: alice, #"{"content":"soon","scheduled_at":"\#(server.time(in: 600_000))"}"#)
        _ = await server.post("/v1/feed/seen", as: alice, #"{"post_ids":["\#(other)"]}"#)
        try await server.database.write { store in
            for row in [
                "lists (account_id, list_id, title, is_exclusive, replies) VALUES (\(alice.id), 51, 'Freunde é', 0, 0)",
                "list_members (account_id, list_id, member_id, membership_id) VALUES (\(alice.id), 51, \(bob.id), 52)",
                "muted_words (account_id, word_id, phrase, scopes) VALUES (\(alice.id), 53, 'c++', 7)",
                "post_feedback (account_id, post_id, kind, feedback_id) VALUES (\(alice.id), \(other), 1, 54)",
                "tag_follows (account_id, tag, followed_at) VALUES (\(alice.id), 'swift', 5), (\(alice.id), 'é', 5)",
            ] { try store.execute("INSERT INTO " + row, []) }
        }
        let gone = try await server.publish("deleted", by: alice)
        _ = await server.delete("/v1/posts/\(gone)", as: alice)
        try await server.drained()
        return (alice, bob, [own, other])
    }

    static func archive(_ server: TestServer, of person: Person) async throws -> [UInt8] {
        #expect(await server.post("/v1/me/export", as: person).status == 202)
        try await server.exportWork.makeDue()
        return try await load(server, person)
    }

    static func load(_ server: TestServer, _ person: Person) async throws -> [UInt8] {
        let request = Call(.get, "/v1/me/export/archive", as: person.token)
        let download = try #require(await server.send(request).download)
        return Array(try await download.chunks.collect(max: 64 << 20).readableBytesView)
    }

    /// The archive's items by section, in an order of their own.
    static func items(_ bytes: [UInt8]) throws -> [String: [String]] {
        var reader = try reader(bytes)
        var items: [ArchivedItem] = []
        while let next = try reader.next() { items += next }
        return Dictionary(grouping: items, by: \.section).mapValues { $0.map(\.json).sorted() }
    }

    /// The archive's files, but for what tells of the server: the manifest's time, and where the account is logged in.
    static func files(_ bytes: [UInt8]) throws -> [String: String] {
        var tar: [UInt8] = []
        var rest: [UInt8]? = bytes
        let expander = try GzipExpander {
            defer { rest = nil }
            return rest ?? []
        }
        while case let next = try expander.next(), !next.isEmpty { tar += next }
        var files: [String: String] = [:]
        while tar.prefix(TarEntry.blockBytes).contains(where: { $0 != 0 }) {
            let entry = try TarEntry.read(Array(tar.prefix(TarEntry.blockBytes)))
            let content = tar.dropFirst(TarEntry.blockBytes).prefix(entry.length)
            files[entry.name] = String(decoding: content, as: UTF8.self)
            let blocks = (entry.length + TarEntry.blockBytes - 1) / TarEntry.blockBytes
            tar.removeFirst((1 + blocks) * TarEntry.blockBytes)
        }
        files["manifest.json"] = files["manifest.json"]?.replacing(/"created_at":"[^"]*"/, with: "")
        return files.filter { !$0.key.hasPrefix("sessions/") }
    }

    static func reader(_ bytes: [UInt8]) throws -> ArchiveReader {
        var rest = bytes[...]
        return try ArchiveReader(
            GzipExpander {
                defer { rest = rest.dropFirst(1_000) }
                return Array(rest.prefix(1_000))
            })
    }

    @Test("an archive has everything of the account, and nothing of others but ids and names")
    func contents() async throws {
        try await TestServer.run { server in
            let (alice, bob, posts) = try await Self.populate(server)
            #expect(await server.get("/v1/me/export", as: alice).status == 404)
            let bytes = try await Self.archive(server, of: alice)
            let state = await server.get("/v1/me/export", as: alice).json
            #expect(state["state"].string == "ready" && state["bytes"] == .number(Double(bytes.count)))
            #expect(state["sections_done"] == state["sections"])
            let items = try Self.items(bytes)
            let counts = items.mapValues(\.count)
            #expect(
                counts == [
                    "profile": 1, "posts": 7, "reposts": 2, "reactions": 2, "bookmarks": 2, "pins": 1, "following": 1,
                    "followers": 1, "blocks": 1, "mutes": 1, "markers": 1, "sessions": 1, "notifications": 1,
                    "close_friends": 1, "votes": 1, "drafts": 1, "scheduled": 1, "views": 1, "feedback": 1,
                    "lists": 1, "list_members": 1, "muted_words": 1, "followed_tags": 2,
                ])
            let all = items.values.joined().joined(separator: "\n")
            #expect(all.contains("mine, mended") && all.contains("mine, of #all @bob") && all.contains("only me"))
            #expect(all.contains("Coffee") && all.contains("an idea") && all.contains("Freunde é"))
            #expect(all.contains("alice@example.org") && all.contains(posts[1]) && all.contains("Später"))
            for absent in ["bob's own words", "bob@example.org", "deleted", "argon2"] {
                #expect(!all.contains(absent), "\(absent)")
            }
            // Nobody else's to load.
            let stranger = Call(.get, "/v1/me/export/archive", as: bob.token)
            #expect(await server.send(stranger).status == 404)
        }
    }

    @Test("one at a time, not too often, and gone when its time is over")
    func life() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for _ in 1...2 { #expect(await server.post("/v1/me/export", as: alice).status == 202) }
            try await server.exportWork.makeDue()
            let first = try await Self.load(server, alice)
            let again = await server.post("/v1/me/export", as: alice)
            #expect(again.problem == "rate-limited" && again.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 3_500)
            server.clock.advance(by: .seconds(3_600))
            let fresh = try await server.login("alice")
            #expect(try await Self.archive(server, of: fresh).count != 0 && !first.isEmpty)
            server.clock.advance(by: .seconds(7 * 86_400))
            let late = try await server.login("alice")
            let request = Call(.get, "/v1/me/export/archive", as: late.token)
            #expect(await server.send(request).status == 404)
            for _ in 1...2 {
                try await server.exportWork.sweep()
                server.clock.advance(by: .seconds(601))
            }
            try await server.exportWork.sweep()
            #expect(try await server.blobs.list(.all, after: nil, limit: 10).entries.isEmpty)
            #expect(
                await server.get("/v1/me/export", as: try await server.login("alice")).json["state"].string == "expired"
            )
        }
    }

    @Test("a job that its process left is made anew; the archive of an erased account goes with it")
    func crash() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            _ = await server.post("/v1/me/export", as: alice)
            _ = try await server.database.write { store in
                try store.execute("UPDATE exports SET state = 1, attempts = 1, blob_key = 'exports/torn.tar.gz'", [])
            }
            try await server.exportWork.makeDue()
            #expect(try await !Self.load(server, alice).isEmpty)
            await server.leave(alice)
            server.clock.advance(by: .seconds(15 * 86_400))
            try await server.eraseDue()
            try await server.exportWork.sweep()
            #expect(try await server.blobs.list(.all, after: nil, limit: 10).entries.isEmpty)
        }
    }
}
