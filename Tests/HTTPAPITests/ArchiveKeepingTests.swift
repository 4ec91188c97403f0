import Accounts
import SQL
import Testing

@testable import Exports
@testable import HTTPAPI

@Suite("What archives say of others", .timeLimit(.minutes(10)))
struct ArchiveKeepingTests {
    private typealias RoundTrip = ArchiveRoundTripTests

    @Test("what is kept can be counted and removed; what is kept of somebody goes when they are erased")
    func kept() async throws {
        let archives = try await RoundTrip.archives(of: ["alice", "bob"]) { server in
            try await RoundTrip.makePrivate("bob", server)
            // His archive does not agree.
            let bob = try await server.login("bob").id
            try await server.database.write { store in
                _ = try store.execute("DELETE FROM followers WHERE followee_id = \(bob)", [])
            }
        }
        try await RoundTrip.elsewhere { server in
            for name in ["alice", "bob"] { try await RoundTrip.bring(try #require(archives[name]), into: server) }
            let alice = try await RoundTrip.enter("alice", server)
            let kept = await server.get("/v1/me/kept-items", as: alice)
            #expect(kept.text.contains(#"{"section":"following","items_count":1}"#), "\(kept.text)")
            let bob = try await RoundTrip.enter("bob", server)
            _ = await server.leave(bob)
            server.clock.advance(by: .seconds(15 * 86_400))
            try await server.eraseDue()
            let back = try await server.login("alice")
            let after = await server.get("/v1/me/kept-items", as: back)
            #expect(!after.text.contains("following") && after.text.contains("close_friends"), "\(after.text)")
            let files = try ExportTests.files(try await ExportTests.archive(server, of: back))
            for (name, content) in files where !name.hasPrefix("posts/") {
                #expect(!content.contains(#""\#(bob.id)""#) && !content.contains("\"bob\""), "\(name): \(content)")
            }
            #expect(await server.delete("/v1/me/kept-items", as: back).status == 204)
            #expect(await server.get("/v1/me/kept-items", as: back).text == #"{"sections":[]}"#)
        }
    }

    @Test("who is private is followed again where both archives tell of it", arguments: [false, true])
    func privately(reversed: Bool) async throws {
        let names = ["alice", "bob"]
        let archives = try await RoundTrip.archives(of: names) { server in
            try await RoundTrip.makePrivate("bob", server)
        }
        try await RoundTrip.elsewhere { server in
            for name in reversed ? names.reversed() : names {
                try await RoundTrip.bring(try #require(archives[name]), into: server)
            }
            let alice = try await RoundTrip.enter("alice", server)
            let bob = try await RoundTrip.enter("bob", server)
            #expect(await server.get("/v1/users/\(bob.id)/posts", as: alice).text.contains("bob's own words"))
            #expect(await server.get("/v1/users/\(alice.id)/followers", as: alice).json["users"].array.count == 1)
            for (name, person) in [("alice", alice), ("bob", bob)] {
                let again = try ExportTests.files(try await ExportTests.archive(server, of: person))
                let before = try ExportTests.files(try #require(archives[name]))
                #expect(again == before, "\(name)")
            }
            let importer = ArchiveImport(database: server.database, clock: server.clock.wall)
            let id = try #require(try await server.services.directory.id(ofUsername: "alice"))
            _ = try await importer.settle(.of(id))
            let kept = await server.get("/v1/me/kept-items", as: alice).text
            // She sees his posts; what would show them to others is not for her to do.
            #expect(!kept.contains("following") && !kept.contains("bookmarks") && kept.contains("reposts"), "\(kept)")
            try await RoundTrip.expectSound(server)
        }
    }

    @Test(
        "a quote comes back where the post is not here, or may be quoted; else it is kept",
        arguments: [nil, "everyone", "nobody"])
    func quotes(sharing: String?) async throws {
        let archives = try await RoundTrip.archives(of: ["alice", "bob"]) { server in
            let (alice, bob) = (try await server.login("alice"), try await server.login("bob"))
            let quoted = await server.post("/v1/posts", as: bob, #"{"content":"the source"}"#)
            let id = try #require(quoted.json["post_id"].string)
            let body = #"{"content":"what he says","quote_of":"\#(id)"}"#
            #expect(await server.post("/v1/posts", as: alice, body).status == 201)
            guard let sharing else { return }
            let policy = sharing == "nobody" ? 2 : 0
            _ = try await server.database.write { store in
                try store.execute("UPDATE posts SET share_policy = \(policy) WHERE id = \(id)", [])
            }
        }
        try await RoundTrip.elsewhere { server in
            if sharing != nil { try await RoundTrip.bring(try #require(archives["bob"]), into: server) }
            let counts = try await RoundTrip.bring(try #require(archives["alice"]), into: server)
            let alice = try await RoundTrip.enter("alice", server)
            // She mutes him, so that she would see nothing of it.
            let posts = await server.get("/v1/users/\(alice.id)/posts").json["posts"].array
            let quote = posts.first { $0["content"].string == "what he says" }
            switch sharing {
            case nil: #expect(quote?["quoted_post"]["unavailable"].bool == true)
            case "everyone": #expect(quote?["quoted_post"]["content"].string == "the source")
            default: #expect(quote == nil && counts.kept["posts"] == 1, "\(counts)")
            }
            try await RoundTrip.expectSound(server)
        }
    }

    @Test("a post whose time came while its account was away is not published after the fact")
    func missed() async throws {
        let archive = try #require(try await RoundTrip.archives(of: ["alice"])["alice"])
        try await RoundTrip.elsewhere { server in
            server.clock.advance(by: .seconds(600_000))
            try await RoundTrip.bring(archive, into: server)
            try await server.publishDue()
            let alice = try await RoundTrip.enter("alice", server)
            let scheduled = await server.get("/v1/me/scheduled", as: alice)
            #expect(scheduled.text.contains(#""failure":"account_inactive""#), "\(scheduled.text)")
            #expect(await !server.get("/v1/users/\(alice.id)/posts", as: alice).text.contains("soon"))
        }
    }
}
