import Core
import HTTPClient
import SQL
import Testing
import TestSupport

/// The rounds of the crash test: load, kill, restart, look.
struct CrashRun {
    private static let feedDepth = 100

    let data: String
    let kills: Int
    private(set) var writers: [CrashWriter]
    /// Follows every writer, and reads while they write.
    private let reader: Member
    private(set) var timesToReady: [Duration] = []
    private var killsDone = 0
    private var numbers: SeededGenerator

    init(data: String, seed: Int, kills: Int, writers: [CrashWriter], reader: Member) {
        self.data = data
        self.kills = kills
        self.writers = writers
        self.reader = reader
        numbers = SeededGenerator(seed: seed)
    }

    var report: String {
        let all = writers.flatMap(\.posts)
        return
            "crash: \(killsDone) kills, \(all.count) posts, \(all.count { $0.isDeleted }) deleted; restart to ready: "
            + "median \(medianTimeToReady ?? .zero), slowest \(timesToReady.max() ?? .zero)"
    }

    var medianTimeToReady: Duration? {
        timesToReady.isEmpty ? nil : timesToReady.sorted()[timesToReady.count / 2]
    }

    mutating func killAgainAndAgain() async throws {
        var server = try await RunningServer.start(data, ["--rate-limits", "off"])
        for writer in writers {
            let answer = try await server.api.with(token: reader.token)
                .send("POST", "/v1/users/\(writer.account.id)/follow")
            #expect(answer.status == 200)
        }
        while killsDone < kills {
            try await loadAndKill(server)
            if killsDone % 4 == 0 { try await killWhileStarting() }
            server = try await RunningServer.start(data, ["--rate-limits", "off"])
            timesToReady.append(server.timeToReady)
            for index in writers.indices {
                try await writers[index].settle(on: server)
                try await writers[index].verify(on: server)
            }
            try await expectFeeds(on: server, count: Self.feedDepth)
        }
        #expect(try await server.stop() == 0)
    }

    private mutating func loadAndKill(_ server: RunningServer) async throws {
        let life = Duration.milliseconds(Int.random(in: 20...700, using: &numbers))
        let reader = reader
        let crew = writers
        writers = try await withThrowingTaskGroup(of: (Int, CrashWriter).self) { tasks in
            for (index, writer) in crew.enumerated() {
                tasks.addTask { (index, try await writer.written(to: server)) }
            }
            async let readings: Void = Self.readAlong(server, reader)
            try await Task.sleep(for: life)
            try await server.kill()
            try await readings
            var written = crew
            for try await (index, writer) in tasks { written[index] = writer }
            return written
        }
        killsDone += 1
    }

    /// Keeps a timeline warm while it grows: each page is in order and has nothing twice.
    private static func readAlong(_ server: RunningServer, _ reader: Member) async throws {
        let api = server.api.with(token: reader.token)
        guard let connection = try? await api.http.connect() else { return }
        while let page = try? await connection.send(api.request("GET", "/v1/feed?limit=50")) {
            let ids = page.json["posts"].strings("post_id").compactMap { Int64($0) }
            #expect(page.status == 200 && zip(ids, ids.dropFirst()).allSatisfy { $0 > $1 })
        }
        await connection.close()
    }

    /// A start is no safer moment than others.
    private mutating func killWhileStarting() async throws {
        let process = try ChildProcess(["serve", "--data-dir", data, "--port", "0"])
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...200, using: &numbers)))
        process.signal(9)
        try await process.exit()
        killsDone += 1
    }

    // MARK: What must be

    /// Expects the feeds of all to be what they follow, newest first.
    private func expectFeeds(on server: RunningServer, count: Int) async throws {
        for writer in writers {
            let sources = writers.filter {
                $0.account.id == writer.account.id || writer.following.contains($0.account.id)
            }
            try await expectFeed(of: writer.account, from: sources, count, server)
        }
        try await expectFeed(of: reader, from: writers, count, server)
    }

    private func expectFeed(
        of member: Member, from sources: [CrashWriter], _ count: Int, _ server: RunningServer
    ) async throws {
        let ids = sources.flatMap(\.live).compactMap { $0.id.flatMap { Int64($0) } }.sorted(by: >)
        let feed = try await FeedPages.ids(server.api.with(token: member.token), count: count)
        #expect(feed.compactMap { Int64($0) } == Array(ids.prefix(count)), "the feed of \(member.username)")
    }

    func expectEverything(on server: RunningServer) async throws {
        try await expectFeeds(on: server, count: .max)
        for writer in writers {
            let user = try await server.api.get("/v1/users/\(writer.account.id)").json
            #expect(user["following_count"].int == writer.following.count)
        }
    }

    /// Expects the rows of the store at rest to be what was acknowledged, and nothing more.
    func expectRows(in data: String) async throws {
        let database = try SQLiteDatabase(path: data + "/starling.sqlite")
        for writer in writers {
            let id = try #require(Int64(writer.account.id))
            let (rows, keys) = try await database.read { store in
                (
                    try store.query(
                        "SELECT content FROM posts WHERE author_id = $1 AND state = 3 ORDER BY id", [.integer(id)]
                    ) { $0.text(0) },
                    try store.integer("SELECT count(*) FROM idempotency_keys WHERE account_id = $1", [.integer(id)])
                )
            }
            #expect(rows == writer.live.map(\.content))
            #expect(keys == Int64(writer.posts.count))
        }
        try await database.close()
    }
}
