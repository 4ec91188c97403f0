import Accounts
import BlobStore
import Core
import Engagement
import EventLog
import Exports
import NIOCore
import Posts
import SQL
import SocialGraph
import TestSupport
import Testing
import Timelines

@Suite("Archives on PostgreSQL")
struct ArchiveTests {
    private static func archive(of account: ID<Account>, in town: Town) async throws -> [UInt8] {
        let blobs = try FolderBlobStore(path: TemporaryFolder().file("media"))
        let service = ExportService(database: town.database, blobs: blobs, clock: town.clock)
        _ = try await service.ask(account)
        try await ExportWork(
            database: town.database, blobs: blobs, lifetime: .seconds(60), clock: town.clock, logger: Town.logger
        ).makeDue()
        let content = try await service.archive(of: account)
        return Array(try await content.chunks.collect(max: 1 << 24).readableBytesView)
    }

    private static func items(
        _ bytes: [UInt8], _ each: ([ArchivedItem], ID<Account>) async throws -> Void = { _, _ in }
    )
        async throws -> [String]
    {
        var rest = bytes[...]
        var reader = try ArchiveReader(
            GzipExpander {
                defer { rest = rest.dropFirst(512) }
                return Array(rest.prefix(512))
            })
        var all: [String] = []
        while let items = try reader.next() {
            try await each(items, ID(reader.manifest.user.value))
            all += items.filter { $0.section != "sessions" }.map { "\($0.section) \($0.json)" }
        }
        return all.sorted()
    }

    @Test("an archive moves to another database and is equal there", .timeLimit(.minutes(5)))
    func move() async throws {
        let (bytes, sink) = AsyncStream.makeStream(of: [UInt8].self)
        try await Town.run(on: Server.open(Server.settings())) { town in
            let names = try await town.accounts.importAccounts(
                ["alice", "bob"].map { ImportedAccount(username: try Username($0)) })
            let (alice, bob) = (try #require(names["alice"]), try #require(names["bob"]))
            _ = try await town.graph.importFollows([(alice, bob), (bob, alice)])
            for author in [alice, bob] {
                let post = try await town.posts.publish(PostDraft(content: try PostContent("hello")), author: author)
                _ = try await town.posts.publish(
                    PostDraft(content: try PostContent("yes"), replyTo: post.card.post.id), author: alice)
                _ = try await town.posts.share(post.card.post.id, viewer: alice)
                _ = try await town.reactions.react(.sad, to: post.card.post.id, viewer: alice)
            }
            try await town.eventLog.drained()
            sink.yield(try await Self.archive(of: alice, in: town))
        }
        let archive = try #require(await bytes.first { _ in true })
        try await Town.run(on: Server.open(Server.settings())) { town in
            let importer = ArchiveImport(database: town.database, clock: town.clock)
            var done: Int64 = 0
            var account = ID<Account>(0)
            let before = try await Self.items(archive) { items, owner in
                (account, done) = (owner, done + Int64(items.count))
                _ = try await importer.bring(items, of: owner, source: "test", itemsDone: done)
            }
            try await town.eventLog.drained()
            let after = try await Self.items(try await Self.archive(of: account, in: town))
            #expect(before == after && before.count == 10)
            let check = StoreCheck(
                database: town.database, eventLog: town.eventLog, feed: town.feed, home: town.home)
            #expect(try await check.run(sample: 10, repair: false).problems == [])
        }
    }
}
