import Accounts
import Core
import Foundation
import SQL
import TestSupport
import Testing

@testable import Exports
@testable import Starling

/// What is left of an archive that is refused when much of it is in the store already.
@Suite("Archives that are refused")
struct ArchiveRefusalTests {
    private static let time = "2020-09-13T12:26:40.000Z"

    private static func dated(_ name: String, _ rest: String) -> String {
        ArchiveImportTests.file(#"{"created_at":"\#(time)","\#(name)":"\#(ArchiveImportTests.account)",\#(rest)}"#)
    }

    /// Sections behind the posts, each with an item that only the store, or the rules of what it is, can refuse.
    static let late: [(section: String, content: String, sentence: String)] = [
        ("muted_words", dated("muted_word_id", #""phrase":" ","scopes":["home"]"#), "phrase is empty"),
        ("lists", dated("list_id", #""title":" ","exclusive":false,"replies":"none""#), "title is empty"),
        ("lists", dated("list_id", #""title":"a","exclusive":false,"replies":"all""#), "replies is not as it must be"),
        (
            "reactions",
            dated("reaction_id", #""post_id":"\#(ArchiveImportTests.post)","reaction":"ENVY""#),
            "reaction is not as it must be"
        ),
        (
            "bookmarks",
            dated(
                "bookmark_id",
                #""post_id":"\#(ArchiveImportTests.post)","folder":"\#(String(repeating: "f", count: 3_000))""#),
            "folder is too long"
        ),
        (
            "reposts",
            ArchiveImportTests.file(
                #"{"created_at":"\#(time)","post_id":"5","repost_id":"\#(ArchiveImportTests.post)"}"#),
            "repost_id is the place of a post"
        ),
        ("followed_tags", ArchiveImportTests.file(#"{"tag":"a b","followed_at":"\#(time)"}"#), "tag is no hashtag"),
        (
            "markers",
            ArchiveImportTests.file(#"{"list":"home","last_read_id":"5","version":0,"updated_at":"\#(time)"}"#),
            "version is not as it must be"
        ),
        (
            "views", ArchiveImportTests.file(#"{"post_id":"5","views":900000,"seen_at":"\#(time)"}"#),
            "views is not as it must be"
        ),
        (
            "views", ArchiveImportTests.file(#"{"post_id":"5","views":-1,"seen_at":"\#(time)"}"#),
            "views is not as it must be"
        ),
    ]

    @Test("nothing of it stays, and what mends it comes in under the same name", arguments: late.indices)
    func refused(index: Int) async throws {
        let (section, content, sentence) = Self.late[index]
        let folder = try TemporaryFolder()
        let broken = try ArchiveImportTests.archive(section, content)
        let text = try await ArchiveImportTests.tried(broken, in: folder)
        #expect(text.contains("\(section)/000001.json, line 2: ") && text.contains(sentence), "\(text)")
        try await Self.expectNothing(in: folder.file("data"))
        let mended = try ArchiveImportTests.archive(
            "pins", Self.dated("pin_id", #""post_id":"\#(ArchiveImportTests.post)""#))
        let after = try await ArchiveImportTests.tried(mended, in: folder)
        #expect(after.contains("@alice, 3 items brought back."), "\(after)")
        #expect(after.split(separator: "\n").count == 2, "\(after)")
    }

    /// No row of the account in any table.
    static func expectNothing(in data: String) async throws {
        let database = try SQLiteDatabase(path: data + "/starling.sqlite")
        let account = SQLValue.integer(ArchiveImportTests.account)
        for table in ErasedTables.steps(.sqlite, .system).flatMap(\.tables) {
            let count = try await database.read {
                try $0.integer("SELECT count(*) FROM \(table.name) WHERE \(table.condition)", [account])
            }
            #expect(count == 0, "\(table.name)")
        }
        let others = [
            "users WHERE id = $1", "posts WHERE author_id = $1", "account_counters WHERE account_id = $1",
            "post_counters WHERE post_id = \(ArchiveImportTests.post) AND $1 > 0", "retired_usernames WHERE $1 > 0",
        ]
        for place in others {
            let count = try await database.read { try $0.integer("SELECT count(*) FROM \(place)", [account]) }
            #expect(count == 0, "\(place)")
        }
        try await database.close()
    }

    @Test("an import that stopped halfway goes on; one of another archive takes its place")
    func stopped() async throws {
        let folder = try TemporaryFolder()
        let one = try ArchiveImportTests.archive(
            "pins", Self.dated("pin_id", #""post_id":"\#(ArchiveImportTests.post)""#))
        try Data(one).write(to: URL(fileURLWithPath: folder.file("a.tar.gz")))
        let data = folder.file("data")
        let silent = ProgressOutput(isTerminal: false, columns: { 80 }, write: { _ in })
        try await AdminAccess.use(dataDirectory: data, engines: EngineSettings()) { port in
            let file = ArchiveFile(path: folder.file("a.tar.gz"))
            await #expect(throws: Stopping.Stop.self) {
                _ = try await file.send(to: Stopping(port: port, after: 2), progress: silent)
            }
            let outcome = try await file.send(to: port, progress: silent)
            #expect(outcome.counts.restored == 1 && !outcome.wasDone, "what was there was brought again")
        }
        let other = try TemporaryFolder()
        try await AdminAccess.use(dataDirectory: other.file("data"), engines: EngineSettings()) { port in
            let file = ArchiveFile(path: folder.file("a.tar.gz"))
            await #expect(throws: Stopping.Stop.self) {
                _ = try await file.send(to: Stopping(port: port, after: 2), progress: silent)
            }
        }
        let another = try ArchiveImportTests.archive(
            "lists", Self.dated("list_id", #""title":"a","exclusive":false,"replies":"none""#))
        let text = try await ArchiveImportTests.tried(another, in: other)
        #expect(text.contains("@alice, 3 items brought back."), "\(text)")
        let third = try await ArchiveImportTests.tried(one, in: other)
        #expect(third.contains("another archive of the account was imported before"), "\(third)")
    }
}

/// A port that is gone after some batches.
private struct Stopping: AdminPort {
    struct Stop: Error {}

    let port: any AdminPort
    let after: Int64

    func perform(_ command: AdminCommand) async throws -> AdminReply {
        if case .importArchive(_, _, _, let itemsDone) = command, itemsDone > after { throw Stop() }
        return try await port.perform(command)
    }
}
