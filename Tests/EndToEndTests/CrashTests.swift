import Core
import Foundation
import SQL
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct CrashTests {}
}

extension EndToEnd.CrashTests {
    private static let posts = 100_000
    private static let readyWithin: Duration = .seconds(2)

    private static func parameter(_ name: String, default fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? fallback
    }

    @Test("killed under load, again and again, the server keeps every acknowledged write, and each once")
    func kills() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let seed = Self.parameter("STARLING_CRASH_SEED", default: 1)
        var run = CrashRun(
            data: data, seed: seed, kills: Self.parameter("STARLING_CRASH_KILLS", default: 30),
            writers: try await Self.crew(in: data, seed: seed), reader: try await Self.reader(in: data))
        try await run.killAgainAndAgain()
        print(run.report)
        // Other suites may keep the machine busy, so that a single start says less than the middle one.
        #expect(try #require(run.medianTimeToReady) < Self.readyWithin, "restart to ready with \(Self.posts) posts")

        try await RunningServer.with(data) { server in
            try await run.expectEverything(on: server)
            try await Starling.expectSound(data)
        }
        try await Starling.expectSound(data)
        try await run.expectRows(in: data)
    }

    /// A community of 100,000 posts, and in it six who write.
    private static func crew(in data: String, seed: Int) async throws -> [CrashWriter] {
        try await Starling.succeed(
            [
                "demo", "--data-dir", data, "--users", "1000", "--follows", "20000", "--posts", "\(posts)", "--seed",
                "\(seed)",
            ], within: .seconds(120))
        let members = try await Member.created((0..<6).map { "writer\($0)" }, in: data)
        return members.enumerated().map { index, member in
            CrashWriter(
                member, others: members.map(\.id).filter { $0 != member.id }, seed: seed * 1_000 + index)
        }
    }

    private static func reader(in data: String) async throws -> Member {
        try #require(try await Member.created(["reader"], in: data).first)
    }
}
