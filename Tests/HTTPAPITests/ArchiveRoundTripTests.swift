import Accounts
import Core
import Foundation
import HTTPTypes
import SQL
import Testing
import Timelines

@testable import Exports
@testable import HTTPAPI

@Suite("Archives that come back", .timeLimit(.minutes(10)))
struct ArchiveRoundTripTests {
    actor Box {
        private(set) var archives: [String: [UInt8]] = [:]
        func put(_ bytes: [UInt8], of name: String) { archives[name] = bytes }
    }

    /// Alice's and her friends' archives, by name.
    static func archives(
        of names: [String], after change: @Sendable (TestServer) async throws -> Void = { _ in }
    ) async throws -> [String: [UInt8]] {
        let box = Box()
        try await TestServer.run { server in
            _ = try await ExportTests.populate(server)
            try await change(server)
            try await server.drained()
            for name in names {
                await box.put(try await ExportTests.archive(server, of: try await server.login(name)), of: name)
            }
        }
        return await box.archives
    }

    /// A server a day later.
    static func elsewhere(_ body: @Sendable (TestServer) async throws -> Void) async throws {
        try await TestServer.run { server in
            server.clock.advance(by: .seconds(86_400))
            try await body(server)
        }
    }

    /// Brings an archive back as a whole.
    @discardableResult
    static func bring(_ bytes: [UInt8], into server: TestServer) async throws -> ArchiveCounts {
        var reader = try ExportTests.reader(bytes)
        let account = ID<Account>(reader.manifest.user.value)
        let importer = ArchiveImport(database: server.database, clock: server.clock.wall)
        var counts = ArchiveCounts()
        var done: Int64 = 0
        while let items = try reader.next() {
            done += Int64(items.count)
            counts += try await importer.bring(items, of: account, source: "test", itemsDone: done)
        }
        try await importer.finish(account, source: "test")
        try await server.drained()
        return counts
    }

    /// From then on, following is for them to allow.
    static func makePrivate(_ name: String, _ server: TestServer) async throws {
        let person = try await server.login(name)
        #expect(await server.patch("/v1/me", as: person, #"{"is_private":true}"#).status == 200)
    }

    static func enter(_ name: String, _ server: TestServer) async throws -> Person {
        let id = try #require(try await server.services.directory.id(ofUsername: name))
        try await server.services.accounts.setPassword(Password(Person.password), of: id)
        return try await server.login(name)
    }

    static func expectSound(_ server: TestServer) async throws {
        try await server.drained()
        let check = StoreCheck(
            database: server.database, eventLog: server.eventLog, feed: server.services.feed, home: server.home)
        let problems = try await check.run(sample: 10, repair: false).problems
        #expect(problems == [])
    }

    @Test("in a fresh server an archive gives an account whose archive is the same, byte for byte")
    func alone() async throws {
        let archive = try #require(try await Self.archives(of: ["alice"])["alice"])
        try await Self.elsewhere { server in
            let counts = try await Self.bring(archive, into: server)
            #expect(
                counts.kept == [
                    "posts": 1, "reposts": 1, "reactions": 1, "bookmarks": 1, "following": 1, "followers": 1,
                    "blocks": 1, "mutes": 1, "notifications": 1, "close_friends": 1, "feedback": 1, "list_members": 1,
                ])
            #expect(try await Self.bring(archive, into: server) == ArchiveCounts(), "twice is once")
            let alice = try await Self.enter("alice", server)
            let again = try await ExportTests.archive(server, of: alice)
            #expect(try ExportTests.files(again) == ExportTests.files(archive))
            try await Self.expectSound(server)
        }
    }

    @Test("what rests on nobody else is there as it was")
    func own() async throws {
        let archive = try #require(try await Self.archives(of: ["alice"])["alice"])
        try await Self.elsewhere { server in
            try await Self.bring(archive, into: server)
            let alice = try await Self.enter("alice", server)
            let expected = [
                "/v1/users/\(alice.id)/posts?replies=true": [
                    "mine, mended", #""comments_count":1"#, #""likes_count":1"#, #""shares_count":1"#,
                    #""quotes_count":1"#, #""reaction":"WOW""#, #""unavailable":true"#, "Coffee",
                    #""votes_count":1"#, #""voted":true"#,
                ],
                "/v1/tags/all/posts": ["mine, mended"], "/v1/me/tags": ["swift", "é"],
                "/v1/me/muted-words": ["c++", "notifications"], "/v1/lists": ["Freunde é"],
                "/v1/me/drafts": ["an idea"], "/v1/me/scheduled": ["soon", #""failure":null"#],
                "/v1/me/bookmarks?folder=Sp%C3%A4ter": ["mine, mended"],
                "/v1/users/\(alice.id)/posts?pinned=true": ["mine, mended"],
                "/v1/me/markers": ["last_read_id"],
            ]
            for (path, texts) in expected {
                let answer = await server.get(path, as: alice)
                for text in texts { #expect(answer.text.contains(text), "\(path): \(text) in \(answer.text)") }
            }
        }
    }

    @Test("archives that know each other all come back whole, in any order", arguments: [false, true])
    func together(reversed: Bool) async throws {
        let names = ["alice", "bob", "carol", "dan"]
        let archives = try await Self.archives(of: names)
        try await Self.elsewhere { server in
            for name in reversed ? names.reversed() : names {
                try await Self.bring(try #require(archives[name]), into: server)
            }
            let importer = ArchiveImport(database: server.database, clock: server.clock.wall)
            for name in names {
                let id = try #require(try await server.services.directory.id(ofUsername: name))
                _ = try await importer.settle(.of(id))
                let kept = try await importer.kept(of: id).filter { $0.key != "notifications" }
                #expect(kept == [:], "\(name)")
            }
            for name in names {
                let person = try await Self.enter(name, server)
                let again = try ExportTests.files(try await ExportTests.archive(server, of: person))
                let before = try ExportTests.files(try #require(archives[name]))
                for file in Set(again.keys).union(before.keys) {
                    #expect(again[file] == before[file], "\(name)'s \(file)")
                }
            }
            try await Self.expectSound(server)
        }
    }

    @Test("until its archive is back as a whole, nobody sees an account")
    func hidden() async throws {
        let archive = try #require(try await Self.archives(of: ["alice"])["alice"])
        try await Self.elsewhere { server in
            var reader = try ExportTests.reader(archive)
            let account = ID<Account>(reader.manifest.user.value)
            let importer = ArchiveImport(database: server.database, clock: server.clock.wall)
            for done in 1...2 {
                let items = try #require(try reader.next())
                _ = try await importer.bring(
                    items, of: account, source: "test", itemsDone: Int64(done == 1 ? 1 : 1 + items.count))
            }
            try await server.drained()
            let bob = try await server.register("bob")
            #expect(await server.get("/v1/users/\(account)", as: bob).status == 404)
            #expect(await server.post("/v1/users/\(account)/follow", as: bob).status == 404)
            #expect(await server.get("/v1/tags/all/posts", as: bob).text.contains("mine") == false)
        }
    }
}
