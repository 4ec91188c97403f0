import Core
import Foundation
import Posts
import Synchronization
import Testing

@testable import Starling

@Suite struct ImporterTests {
    static let now: Int64 = 1_750_000_000_000

    let folder: ScratchFolder
    let admin = FakeAdmin()

    init() throws {
        folder = try ScratchFolder()
    }

    func run(_ plan: ImportPlan, on admin: FakeAdmin? = nil) async throws -> ImportSummary {
        try await Importer(port: admin ?? self.admin, progress: .silent, clock: WallClock { Self.now }, batchMax: 2_000)
            .run(plan)
    }

    // MARK: Follows

    @Test("follows: comments, further columns and blank lines are passed over")
    func follows() async throws {
        let path = try folder.file("edges.txt", "# SNAP\n% also\n\n17 18 3 x\n  18\t17\nalice Bob\n17 18\n")
        let summary = try await run(ImportPlan(follows: [path]))
        #expect(
            admin.now.follows == [
                .init(follower: "u17", followee: "u18"), .init(follower: "u18", followee: "u17"),
                .init(follower: "alice", followee: "bob"),
            ])
        #expect(summary.follows == 3)
        #expect(summary.accounts == 4)
        #expect(admin.now.drains == 1)
        #expect(summary.files.first?.lines == 7)
    }

    @Test("undirected edges are followed both ways")
    func undirected() async throws {
        let path = try folder.file("edges.txt", "1 2\n2 3\n")
        #expect(try await run(ImportPlan(follows: [path], isUndirected: true)).follows == 4)
    }

    @Test("self-edges and bad lines are reported by number and skipped")
    func skipped() async throws {
        var lines =
            ["1 1", "1", "1 2", "1 -2", "é 3", "5 5"] + (0..<30).map { "\($0)" } + (0..<12).map { "\($0) \($0)" }
        lines.append(String(repeating: "9", count: LineReader.lineBytesMax + 1))
        let path = try folder.file("edges.txt", lines.joined(separator: "\n"))
        let summary = try await run(ImportPlan(follows: [path]))
        let skipped = try #require(summary.files.first?.skipped)
        #expect(summary.follows == 1)
        #expect(skipped.counts == [.selfEdge: 14, .columns: 31, .account: 2, .tooLong: 1])
        #expect(skipped.selfEdges == [1, 6] + (37...44))
        #expect(skipped.badLines.map(\.number) == [2, 4, 5] + (7...23))
        #expect(summary.text.contains("14 × the line follows itself"))
        #expect(summary.text.contains("line 4 names no account"))
    }

    // MARK: Activities

    @Test("activities become posts with kind, target and time; their accounts are created")
    func activities() async throws {
        let path = try folder.file(
            "activity.txt", "223789 213163 1341100972 MT\n223789 213163 1341100972 RE\n376989 50329 1341101181 RT\n")
        let summary = try await run(ImportPlan(activities: [path]))
        #expect(summary.posts.posts == 3)
        #expect(summary.accounts == 4)
        let posts = admin.postLines
        #expect(posts[0].hasPrefix("u223789 2 u213163 1341100972000 @u213163 "))
        #expect(posts[1].hasPrefix("u223789 3 u213163 1341100972000 @u213163 "))
        #expect(posts[2] == "u376989 1 u50329 1341101181000 ")
        #expect(admin.now.posts.map(\.original.isEmpty) == [true, false, false])
    }

    @Test(
        "activities that cannot be",
        arguments: [
            ("1 2 1341100972 XX", SkipReason.kind), ("1 2 1341100972", .columns), ("1 2 soon RT", .time),
            ("1 2 12 RT", .time), ("1 2 1750100000 RT", .time), ("1 é 1341100972 RT", .account),
        ])
    func badActivity(line: String, reason: SkipReason) async throws {
        let summary = try await run(ImportPlan(activities: [try folder.file("activity.txt", line)]))
        #expect(summary.files.first?.skipped.counts == [reason: 1])
        #expect(summary.posts.posts == 0)
    }

    // MARK: Texts

    @Test("texts with author and time")
    func csv() async throws {
        let path = try folder.file(
            "hn.csv",
            "id,Title,author,created_at\r\n1,\"Two\r\nlines, \"\"quoted\"\"\",hn08731,9/6/2015 5:56\r\n2,x,a,1\r\n")
        let summary = try await run(ImportPlan(posts: [path]))
        #expect(admin.postLines == ["hn08731 0 - 1441518960000 Two\nlines, \"quoted\""])
        #expect(summary.files.first?.skipped.badLines.map(\.number) == [4])
    }

    @Test("texts without author and time are dealt to known accounts over the last 30 days, by the seed")
    func dealt() async throws {
        let edges = try folder.file("edges.txt", (0..<100).map { "\($0) \($0 + 1)" }.joined(separator: "\n"))
        let texts = try folder.file(
            "texts.jsonl", (0..<300).map { #"{"text": "text \#($0)"}"# }.joined(separator: "\n"))
        let plan = ImportPlan(follows: [edges], posts: [texts], seed: 7)
        _ = try await run(plan)
        let posts = admin.now.posts
        #expect(posts.count == 300)
        #expect(Set(posts.map(\.author)).count > 80)
        #expect(posts.allSatisfy { (Self.now - PostFormat.spread...Self.now).contains($0.writtenAt) })

        let again = FakeAdmin()
        _ = try await run(plan, on: again)
        #expect(again.postLines == admin.postLines)
        let other = FakeAdmin()
        _ = try await run(ImportPlan(follows: [edges], posts: [texts], seed: 8), on: other)
        #expect(other.postLines != admin.postLines)
    }

    @Test("texts that nobody could post, and lines that are no records, are reported by number")
    func badTexts() async throws {
        let lines = [
            #"{"text": "fine", "author": "alice"}"#, #"{"text": "  ", "author": "alice"}"#, "{", "",
            #"{"text": "\#(String(repeating: "x", count: 6_000))", "author": "alice"}"#,
            #"{"text": "x", "author": "a"}"#, #"{"text": "x", "author": "alice", "time": "soon"}"#,
            #"{"author": "alice"}"#, #"{"text": "x\u0000y", "author": "alice"}"#,
        ]
        let path = try folder.file("texts.jsonl", lines.joined(separator: "\n"))
        let skipped = try #require(try await run(ImportPlan(posts: [path])).files.first?.skipped)
        #expect(admin.now.posts.map(\.content) == ["fine"])
        #expect(
            skipped.badLines.map { "\($0.number) \($0.reason)" } == [
                "2 text", "3 json", "5 text", "6 account", "7 time", "8 text", "9 text",
            ])
    }

    @Test(
        "files that cannot be used are refused with a sentence",
        arguments: [
            ("texts.txt", "x", "neither .jsonl nor .csv"), ("texts.jsonl", #"{"text": "x"}"#, "--follows"),
            ("texts.csv", "a,b\n1,2\n", "names no column of texts"),
        ])
    func refused(name: String, text: String, sentence: String) async throws {
        let path = try folder.file(name, text)
        let error = await #expect(throws: ImportError.self) { try await run(ImportPlan(posts: [path])) }
        #expect(error?.description.contains(sentence) == true)
    }

    // MARK: Again and again

    /// A plan whose files take several batches each.
    func largePlan() throws -> ImportPlan {
        let graph = SeededGraph(users: 3_000, edges: 6_500, activities: 5_100)
        let edges = folder.path("edges.txt.gz")
        let activity = folder.path("activity.txt.gz")
        try SeededGraph.write(graph.followLines, to: edges)
        try SeededGraph.write(graph.activityLines, to: activity)
        let rows = (0..<4_500).map { "\($0 % 9 == 0 ? "\"text\n\($0)\"" : "text \($0)"),\($0)" }
        let texts = try folder.file("texts.csv", "text,id\n" + rows.joined(separator: "\n"))
        return ImportPlan(follows: [edges], isUndirected: true, activities: [activity], posts: [texts])
    }

    @Test("a second import changes nothing")
    func idempotent() async throws {
        let plan = try largePlan()
        let first = try await run(plan)
        let before = admin.now
        #expect(first.posts.posts == 9_600)
        #expect(first.follows == before.follows.count)
        #expect(before.batchSizeMax <= Limits.importBatchMax)
        let second = try await run(plan)
        #expect(second.follows == 0)
        #expect(second.posts == .init())
        #expect(second.files.allSatisfy { $0.linesDoneBefore == $0.lines && $0.skipped.total == 0 })
        #expect(admin.now.follows == before.follows)
        #expect(admin.now.posts.count == before.posts.count)
    }

    @Test(
        "an import whose connection breaks goes on where it stopped",
        arguments: Array(stride(from: 1, through: 30, by: 3)))
    func resumed(commands: Int) async throws {
        let plan = try largePlan()
        let whole = FakeAdmin()
        _ = try await run(plan, on: whole)
        admin.breakConnection(after: commands)
        let error = await #expect(throws: ImportError.self) { try await run(plan) }
        #expect(error?.description == "The connection broke.")
        admin.breakConnection(after: nil)
        _ = try await run(plan)
        #expect(admin.now.follows == whole.now.follows)
        #expect(Set(admin.postLines) == Set(whole.postLines))
        #expect(admin.now.posts.count == whole.now.posts.count)
    }

    @Test("what was read before damaged data stays imported")
    func damaged() async throws {
        let lines = (0..<20_000).map { "\($0) \(($0 &* 7_919) % 20_000 + 1) \(UInt64($0) &* 0x9E37_79B9_7F4A_7C15)" }
        let path = try folder.file("edges.gz", try folder.compressed(lines).dropLast(2_000))
        await #expect(throws: ImportError.self) { try await run(ImportPlan(follows: [path])) }
        #expect(admin.now.follows.count >= 15_000)
    }

    @Test("progress is shown by the bytes read")
    func progress() async throws {
        let path = folder.path("edges.txt.gz")
        try SeededGraph.write(SeededGraph(edges: 20_000).followLines, to: path)
        let file = try InputFile(path: path)
        var reader = LineReader(file)
        for _ in 0..<10_000 { _ = try reader.next() }
        let estimate = Double(reader.number) * Double(file.size) / Double(file.bytesRead)
        #expect((15_000...40_000).contains(estimate))
    }
}
