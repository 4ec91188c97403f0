import Foundation
import SQL
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct GraphImportTests {}
}

extension EndToEnd.GraphImportTests {
    /// What a store holds, in words that do not depend on ids.
    private struct Contents: Equatable, Sendable {
        var follows: [String]
        /// Whose, when, what, and whom they answer.
        var posts: [String]
        var reposts: [String]
        var counters: [String]

        init(_ data: String) async throws {
            let database = try SQLiteDatabase(path: data + "/starling.sqlite")
            self = try await database.read { try Contents($0) }
            try await database.close()
        }

        private init(_ store: any SQLReader) throws {
            follows = try store.query(
                """
                SELECT a.username || ' ' || b.username AS line FROM following
                JOIN users a ON a.id = follower_id JOIN users b ON b.id = followee_id ORDER BY line
                """, []
            ) { $0.text(0) }
            posts = try store.query(
                """
                SELECT a.username || ' ' || p.created_at || ' ' || p.content || ' ' || coalesce(b.username, '') AS line
                FROM posts p JOIN users a ON a.id = p.author_id LEFT JOIN users b ON b.id = p.reply_to_author
                ORDER BY line
                """, []
            ) { $0.text(0) }
            reposts = try store.query(
                """
                SELECT a.username || ' ' || r.created_at || ' ' || b.username || ' ' || p.created_at AS line
                FROM reposts r JOIN users a ON a.id = r.sharer_id JOIN posts p ON p.id = r.post_id
                JOIN users b ON b.id = p.author_id ORDER BY line
                """, []
            ) { $0.text(0) }
            counters = try store.query(
                """
                SELECT a.username || ' ' || c.followers || ' ' || c.following || ' ' || c.posts AS line
                FROM account_counters c JOIN users a ON a.id = c.account_id
                WHERE c.followers + c.following + c.posts > 0 ORDER BY line
                """, []
            ) { $0.text(0) }
        }
    }

    private static func arguments(_ graph: GraphFiles, _ data: String) -> [String] {
        ["import", "--follows", graph.follows, "--undirected", "--activity", graph.activity, "--data-dir", data]
    }

    @Test("a graph is imported whole, a second time adds nothing, and an import that was killed goes on")
    func graph() async throws {
        let folder = try TemporaryFolder()
        let graph = try GraphFiles.prepared(in: folder)
        print("graph: \(graph.isReal ? "Facebook's, from shared/data" : "made up"), \(graph.edges) edges")
        let whole = folder.file("whole")
        let start = ContinuousClock.now
        try await Starling.succeed(Self.arguments(graph, whole), within: .seconds(120))
        let duration = start.duration(to: .now)
        let again = try await Starling.succeed(Self.arguments(graph, whole), within: .seconds(60))
        #expect(
            again.output.hasPrefix("Imported 0 new follows (0/s), 0 new posts (0/s) and 0 reposts (0/s)"),
            "\(again.output)")
        try await Starling.expectSound(whole)

        let contents = try await Contents(whole)
        #expect(contents.follows.count == 2 * graph.edges)
        #expect(contents.posts.count + contents.reposts.count >= graph.activities)
        #expect(contents.reposts.count == graph.reposts)
        #expect(contents.counters.count == graph.accounts)
        #expect(try await Self.interrupted(graph, in: folder.file("torn"), after: duration) == contents)
    }

    /// Kills an import again and again, until there is so little left that it ends before.
    private static func interrupted(
        _ graph: GraphFiles, in data: String, after duration: Duration
    ) async throws -> Contents {
        var numbers = SeededGenerator(seed: 7)
        var kills = 0
        while kills < 30 {
            let child = try ChildProcess(arguments(graph, data))
            try await Task.sleep(for: duration * Double.random(in: 0.1...0.4, using: &numbers))
            child.signal(9)
            if try await child.exit() == 0 { break }
            kills += 1
        }
        print("graph: killed \(kills) times")
        #expect(kills > 1)
        try await Starling.succeed(arguments(graph, data), within: .seconds(120))
        try await Starling.expectSound(data)
        return try await Contents(data)
    }

    @Test("lines that say nothing are reported by number and skipped")
    func badLines() async throws {
        let folder = try TemporaryFolder()
        let edges = try folder.file("edges.txt", "# comment\n1 2\n3 3\nnonsense\n2 1 extra\n")
        let outcome = try await Starling.succeed(["import", "--follows", edges, "--data-dir", folder.file("data")])
        #expect(outcome.output.contains("Imported 2 new follows"))
        #expect(outcome.output.contains("line 3 "), "\(outcome.output)")
        #expect(outcome.output.contains("line 4 "), "\(outcome.output)")
        let missing = try await Starling.run(["import", "--follows", "/nowhere", "--data-dir", folder.file("data")])
        #expect(missing.status == 1 && missing.errors.contains("/nowhere cannot be read"))
    }
}
