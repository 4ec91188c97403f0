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
        #"[{"bio":"","created_at":"2020-01-01T00:00:00.000Z","display_name":"A","is_private":false,"user":"\#(account)","#
            + #""username":"alice"}]"#
    }

    static func post(_ id: Int64 = post, content: String = "hello", state: Int = 3, more: String = "") -> String {
        #"[{"post":"\#(id)","position":"\#(id)","state":\#(state),"visibility":"public","content":"\#(content)","#
            + #""version":1,"created_at":"2020-01-01T00:00:00.000Z","comments":"open","sharing":"everyone","#
            + #""history":[]\#(more)}]"#
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

    @Test("what a sound one says")
    func sound() async throws {
        let files = [
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile), ("posts/000001.json", Self.post()),
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
        ("no JSON", [("manifest.json", manifest), ("profile/000001.json", "{")], "not as it must be"),
        (
            "deep JSON", [("manifest.json", manifest), ("posts/000001.json", String(repeating: "[", count: 100_000))],
            "not as it must be"
        ),
        (
            "no profile", [("manifest.json", manifest), ("posts/000001.json", post())],
            "does not begin with the profile"
        ),
        (
            "another's profile",
            [("manifest.json", manifest), ("profile/000001.json", profile.replacing("\(account)", with: "77"))],
            "of another account"
        ),
    ]

    @Test("hostile files are refused", arguments: hostile.indices)
    func refused(index: Int) async throws {
        let (name, files, sentence) = Self.hostile[index]
        let text = try await Self.tried(try Self.archive(files))
        #expect(text.contains(sentence), "\(name): \(text)")
    }

    static let hostilePosts: [(String, String)] = [
        (post(post + 4_096), "where its author's posts are"),
        (post(Snowflake(unixMilliseconds: 3_000_000_000_000, bucket: 5, low: 1).rawValue), "from the future"),
        (post(state: 5), "not as it must be"), (post(state: 9), "not as it must be"), (post(content: ""), "empty"),
        (post(content: String(repeating: "x", count: 6_000)), "longer than"),
        (post().replacing("public", with: "everyone's"), "not as it must be"),
        (post().replacing(#""version":1,"#, with: #""version":-1,"#), "not as it must be"),
        (#"[{"post":"-1"}]"#, "not as it must be"),
    ]

    @Test("posts that nobody could have written are refused", arguments: hostilePosts.indices)
    func refusedPosts(index: Int) async throws {
        let (json, sentence) = Self.hostilePosts[index]
        let files = [
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile), ("posts/000001.json", json),
        ]
        let text = try await Self.tried(try Self.archive(files))
        #expect(text.contains(sentence), "\(text)")
    }

    @Test("a comment below somebody else's post is kept, and not put there")
    func forgedComment() async throws {
        let foreign = #","reply_to":{"post":"\#(Self.post - 4_096)","author":"9"}"#
        let files = [
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile),
            ("posts/000001.json", Self.post(more: foreign)),
        ]
        let text = try await Self.tried(try Self.archive(files))
        #expect(
            text.contains(
                "Kept for the next export, as it is not the account's alone or has no other way back: 1 posts."))
    }

    @Test("one that was cut leaves nothing behind: the whole one comes in afterwards")
    func cut() async throws {
        let whole = try Self.archive([
            ("manifest.json", Self.manifest), ("profile/000001.json", Self.profile), ("posts/000001.json", Self.post()),
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
