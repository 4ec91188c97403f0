import Accounts
import Core
import Exports
import Foundation
import Posts
import SQL
import TestSupport
import Testing

@testable import Exports
@testable import Starling

/// Archives that come from anybody.
@Suite("Imports of archives")
struct ArchiveImportTests {
    static let account = Snowflake(unixMilliseconds: 1_600_000_000_000, bucket: 5, low: 1).rawValue
    static let post = Snowflake(unixMilliseconds: 1_600_000_100_000, bucket: 5, low: 1).rawValue

    static var manifest: String {
        #"{"created_at":"2026-01-01T00:00:00.000Z","format":"starling-archive","sections":[],"user":"\#(account)","#
            + #""username":"alice","version":1}"#
    }

    static var profile: String {
        file(
            #"{"bio":"","created_at":"2020-01-01T00:00:00.000Z","display_name":"A","is_private":false,"#
                + #""user_id":"\#(account)","username":"alice"}"#)
    }

    static func post(
        _ id: Int64 = post, content: String = "hello", state: String = "published", more: String = ""
    ) -> String {
        #"{"post_id":"\#(id)","state":"\#(state)","visibility":"public","content":"\#(content)","#
            + #""version":1,"created_at":"2020-01-01T00:00:00.000Z","comments":"open","share_policy":"everyone","#
            + #""history":[]\#(more)}"#
    }

    /// A file with these items.
    static func file(_ items: String...) -> String {
        "[\n" + items.joined(separator: ",\n") + "\n]\n"
    }

    static func archive(_ files: [(String, String)]) throws -> [UInt8] {
        let tar = files.flatMap { TarEntry.file($0.0, Array($0.1.utf8), modifiedAt: 0) } + TarEntry.end
        return try GzipCompressor().compress(tar, isLast: true)
    }

    /// Tries an archive on a fresh store.
    /// - Returns: what it says.
    static func tried(_ bytes: [UInt8], in folder: TemporaryFolder? = nil) async throws -> String {
        let folder = try folder ?? TemporaryFolder()
        let file = folder.file("a.tar.gz")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let data = folder.file("data")
        return try await AdminAccess.use(dataDirectory: data, engines: EngineSettings()) { port in
            do {
                let outcome = try await ArchiveFile(path: file).send(
                    to: port, progress: ProgressOutput(isTerminal: false, columns: { 80 }, write: { _ in }))
                guard case .check(let check) = try await port.answer(.check(repair: false, sample: 10)) else {
                    return ""
                }
                return ([outcome.text] + check.problems).joined(separator: "\n")
            } catch let error as ImportError { return error.description }
        }
    }

    /// An archive with this in a section after profile and posts.
    static func archive(_ section: String, _ content: String) throws -> [UInt8] {
        try archive([
            ("manifest.json", manifest), ("profile/000001.json", profile), ("posts/000001.json", file(post())),
            ("\(section)/000001.json", content),
        ])
    }

    @Test("what a sound one says")
    func sound() async throws {
        let files = [
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile),
            ("posts/000001.json", Self.file(Self.post())),
        ]
        let text = try await Self.tried(try Self.archive(files))
        #expect(text.contains("@alice, 2 items brought back."))
        #expect(text.split(separator: "\n").count == 2, "\(text)")
    }

    static let hostile: [(String, [(String, String)], String)] = [
        ("no manifest", [("profile/000001.json", profile)], "no archive of an account"),
        ("a path", [("manifest.json", manifest), ("../../etc/passwd", "[]")], "a file that no archive has"),
        (
            "an unknown section", [("manifest.json", manifest), ("secrets/000001.json", "[]")],
            "a file that no archive has"
        ),
        (
            "no array", [("manifest.json", manifest), ("profile/000001.json", "{")],
            "profile/000001.json: it is no array with an item on each line"
        ),
        (
            "no JSON", [("manifest.json", manifest), ("profile/000001.json", file("{"))],
            "profile/000001.json, line 2: it is not as an item must be"
        ),
        (
            "no comma", [("manifest.json", manifest), ("profile/000001.json", "[\n{}\n{}\n]\n")],
            "profile/000001.json, line 2: a comma is missing"
        ),
        (
            "deep JSON",
            [("manifest.json", manifest), ("posts/000001.json", file(String(repeating: "[", count: 100_000)))],
            "posts/000001.json, line 2: it is not as an item must be"
        ),
        (
            "no profile", [("manifest.json", manifest), ("posts/000001.json", file(post()))],
            "does not begin with the profile"
        ),
        (
            "sections in another order",
            [
                ("manifest.json", manifest), ("posts/000001.json", file(post())), ("profile/000001.json", profile),
            ], "profile comes after posts"
        ),
        (
            "another's profile",
            [("manifest.json", manifest), ("profile/000001.json", profile.replacing("\(account)", with: "77"))],
            "profile/000001.json, line 2: it is of another account than the manifest"
        ),
    ]

    @Test("hostile files are refused", arguments: hostile.indices)
    func refused(index: Int) async throws {
        let (name, files, sentence) = Self.hostile[index]
        let text = try await Self.tried(try Self.archive(files))
        #expect(text.contains(sentence), "\(name): \(text)")
    }

    @Test("a comment below somebody else's post is kept, and not put there")
    func forgedComment() async throws {
        let foreign = #","reply_to":{"post_id":"\#(Self.post - 4_096)","user_id":"9"}"#
        let files = [
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile),
            ("posts/000001.json", Self.file(Self.post(more: foreign))),
        ]
        let text = try await Self.tried(try Self.archive(files))
        #expect(text.contains("not here or not the account's to say: 1 posts."), "\(text)")
    }

    @Test("one that was cut leaves nothing behind: the whole one comes in afterwards")
    func cut() async throws {
        let whole = try Self.archive([
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile),
            ("posts/000001.json", Self.file(Self.post())),
        ])
        let folder = try TemporaryFolder()
        #expect(try await Self.tried(Array(whole.dropLast(20)), in: folder).contains("too early"))
        #expect(try await Self.tried(whole, in: folder).contains("items brought back"))
    }

    @Test("bytes that are no archive, cut ones and those that grow without end are refused")
    func bytes() async throws {
        #expect(try await Self.tried(Array("hello".utf8)).contains("damaged"))
        let whole = try Self.archive([("manifest.json", Self.manifest)])
        #expect(try await Self.tried(Array(whole.dropLast(20))).contains("too early"))
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        let bomb = try GzipCompressor()
        var packed = try bomb.compress(TarEntry.file("manifest.json", Array(Self.manifest.utf8), modifiedAt: 0))
        var header = Array(TarEntry.file("posts/000001.json", [], modifiedAt: 0))
        header.replaceSubrange(124..<135, with: Array("77777777777".utf8))
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        header.replaceSubrange(148..<154, with: Array(String(sum, radix: 8).leftPadded(6).utf8))
        packed += try bomb.compress(header)
        for _ in 0..<8 { packed += try bomb.compress(zeros) }
        packed += try bomb.compress([], isLast: true)
        #expect(try await Self.tried(packed).contains("too large"))
    }
}

extension String {
    fileprivate func leftPadded(_ count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }
}
