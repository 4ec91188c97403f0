import Accounts
import BlobStore
import Core
import Engagement
import EventLog
import Exports
import NIOCore
import Notifications
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

    private struct Contents {
        var account: ID<Account>
        var files: [[ArchivedItem]] = []
    }

    /// What it has, but for the sessions.
    private static func read(_ bytes: [UInt8]) throws -> Contents {
        var rest = bytes[...]
        var reader = try ArchiveReader(
            GzipExpander {
                defer { rest = rest.dropFirst(512) }
                return Array(rest.prefix(512))
            })
        var contents = Contents(account: ID(reader.manifest.user.value))
        while let items = try reader.next() {
            if items.first?.section != "sessions" { contents.files.append(items) }
        }
        return contents
    }

    /// Alice and bob with something of each kind.
    private static func populate(_ town: Town) async throws -> [ID<Account>] {
        let names = try await town.accounts.importAccounts(
            ["alice", "bob"].map { ImportedAccount(username: try Username($0)) })
        let (alice, bob) = (try #require(names["alice"]), try #require(names["bob"]))
        _ = try await town.graph.importFollows([(alice, bob), (bob, alice)])
        for author in [alice, bob] {
            let post = try await town.posts.publish(PostDraft(content: try PostContent("hello")), author: author)
            let id = post.card.post.id
            _ = try await town.posts.publish(
                PostDraft(content: try PostContent("yes"), replyTo: id), author: alice)
            _ = try await town.posts.share(id, viewer: alice)
            _ = try await town.reactions.react(.sad, to: id, viewer: alice)
            var quote = PostDraft(content: try PostContent("as he says #swift"))
            quote.quoteOf = id
            quote.poll = try PollDraft(options: ["a", "b"], isMultiple: true, hidesTotals: true, seconds: 3_600)
            let asked = try await town.posts.publish(quote, author: author)
            _ = try await town.posts.vote(try PollChoices([1, 0]), in: asked.card.post.id, viewer: alice)
            try await town.database.write { store in
                try store.execute(
                    """
                    INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id)
                    VALUES (\(alice), \(id), 'f', \(id.rawValue + 1))
                    """, [])
                try store.execute(
                    """
                    INSERT INTO viewer_marks (account_id, post_id, flags) VALUES (\(alice), \(id), 16)
                    ON CONFLICT (account_id, post_id) DO UPDATE SET flags = viewer_marks.flags | 16
                    """, [])
            }
        }
        try await town.posts.followTag("swift", viewer: alice)
        let word = try await town.graph.muteWord("c++", in: .all, until: nil, viewer: alice)
        let list = try await town.graph.makeList(ListChanges(title: "Freunde"), viewer: alice)
        _ = try await town.graph.addMembers([bob], to: list.id, viewer: alice)
        try await town.graph.addCloseFriend(bob, of: alice)
        let later = PostDraft(content: try PostContent("later"))
        let now = town.clock.now()
        let ahead = now + 300 * 86_400_000
        for time in [nil, ahead] { _ = try await town.posts.plan(later, at: time, author: alice) }
        try await town.database.write { store in
            try store.execute(
                "INSERT INTO post_views (bucket, post_id, account_id, views, seen_at) VALUES (0, 5, \(alice), 2, \(now))",
                []
            )
            try store.execute(
                "INSERT INTO markers (account_id, list, last_read_id, version, updated_at) VALUES (\(alice), 0, \(word.id), 1, 9)",
                [])
        }
        try await town.eventLog.drained()
        return [alice, bob]
    }

    /// - Parameter files: how many files of the archive; all where it is nil.
    private static func bring(_ archive: [UInt8], files: Int? = nil, into town: Town) async throws -> ID<Account> {
        let importer = ArchiveImport(database: town.database, clock: town.clock)
        let read = try read(archive)
        var done: Int64 = 0
        for items in read.files.prefix(files ?? .max) {
            done += Int64(items.count)
            _ = try await importer.bring(items, of: read.account, source: "test", itemsDone: done)
        }
        if files == nil { try await importer.finish(read.account, source: "test") }
        try await town.eventLog.drained()
        return read.account
    }

    private static func expectSound(_ town: Town) async throws {
        let check = StoreCheck(database: town.database, eventLog: town.eventLog, feed: town.feed, home: town.home)
        #expect(try await check.run(sample: 10, repair: false).problems == [])
    }

    @Test("archives move to another database and are equal there", .timeLimit(.minutes(5)))
    func move() async throws {
        let (bytes, sink) = AsyncStream.makeStream(of: [[UInt8]].self)
        try await Town.run(on: Server.open(Server.settings())) { town in
            var archives: [[UInt8]] = []
            for account in try await Self.populate(town) {
                archives.append(try await Self.archive(of: account, in: town))
            }
            sink.yield(archives)
        }
        let archives = try #require(await bytes.first { _ in true })
        try await Town.run(on: Server.open(Server.settings())) { town in
            var accounts: [ID<Account>] = []
            for archive in archives { accounts.append(try await Self.bring(archive, into: town)) }
            let importer = ArchiveImport(database: town.database, clock: town.clock)
            for (account, archive) in zip(accounts, archives) {
                _ = try await importer.settle(.of(account))
                #expect(try await importer.kept(of: account).filter { $0.key != "notifications" } == [:])
                let (before, after) = (
                    try Self.read(archive), try Self.read(try await Self.archive(of: account, in: town))
                )
                #expect(before.files.count > 8 || account != accounts.first)
                #expect(before.files.map(\.description) == after.files.map(\.description))
            }
            try await town.eventLog.drained()
            try await Self.expectSound(town)
        }
        try await Town.run(on: Server.open(Server.settings())) { town in
            try await Self.withdrawn(try #require(archives.first), in: town)
        }
    }

    private static func withdrawn(_ archive: [UInt8], in town: Town) async throws {
        let account = try await bring(archive, files: 100, into: town)
        let steps =
            AccountSchema.erasure + EngagementSchema.erasure(.postgreSQL, town.clock) + PostSchema.erasure(town.clock)
            + GraphSchema.erasure(town.clock) + NotificationSchema.erasure + ExportSchema.erasure(town.clock)
        let withdrawal = ArchiveWithdrawal(database: town.database, steps: steps, clock: town.clock)
        #expect(try await !withdrawal.empty(account, source: "another"))
        #expect(try await withdrawal.empty(account, source: "test"))
        try await town.eventLog.drained()
        try await withdrawal.remove(account, source: "test")
        for table in [
            "users", "posts", "archive_imports", "archive_items", "account_counters", "post_counters", "post_stats",
            "post_views",
        ] {
            #expect(try await town.database.read { try $0.integer("SELECT count(*) FROM \(table)", []) } == 0)
        }
        _ = try await bring(archive, into: town)
        try await expectSound(town)
    }
}
