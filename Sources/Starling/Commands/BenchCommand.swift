import ArgumentParser
import Bench
import Foundation
import HTTPClient

extension BenchScenario: ExpressibleByArgument {}

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Load a running server and report latencies and its CPU.",
        discussion: """
            With --rate requests start at fixed intervals, whatever the server does, and latency counts from the
            intended start; without it each connection sends the next request when the last is answered.

              starling user token --count 1000 > tokens.txt
              starling bench --scenario feed --tokens tokens.txt --pid $(pgrep -f 'starling serve')

            Start the server with --rate-limits off, or with limits that allow the rate.
            """)

    @Option(help: "feed, publish, mixed (10 reads to 1 write), react or fanout.") var scenario = BenchScenario.feed
    @Option var host = "127.0.0.1"
    @Option var port = 8080
    @Option(help: "A file of access tokens, one a line; without it tokens come from the data directory's server.")
    var tokens: String?
    @OptionGroup var data: DataDirectoryOption
    @Option(name: .customLong("token-count"), help: "How many tokens to ask for, where no file is given.")
    var tokenCount = 1_000
    @Option(name: .customLong("author-token"), help: "fanout: who publishes (default: the first token).")
    var authorToken: String?
    @Option(help: "react: a file of ids of posts, one a line.") var posts: String?
    @Option var connections = 64
    @Option var threads = 1
    @Option(help: "Seconds measured.") var seconds = 10
    @Option(help: "Seconds before that.") var warmup = 2
    @Option(help: "Requests a second; without it, as fast as the server answers.") var rate: Double?
    @Option(help: "Posts of a page.") var limit: Int?
    @Option(name: .customLong("poll-milliseconds"), help: "fanout: a follower's pause between two polls.")
    var pollMilliseconds = 5
    @Option(help: "The server's process, for its CPU time per request.") var pid: Int?
    @Option var seed: UInt64 = 1
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await CommandFailure.explained {
            var options = BenchOptions(
                address: .tcp(host: host, port: port), scenario: scenario, tokens: try await tokenList())
            options.authorToken = authorToken
            if let posts { options.posts = try Self.lines(of: posts) }
            options.connections = connections
            options.threads = threads
            options.duration = .seconds(seconds)
            options.warmup = .seconds(warmup)
            options.rate = rate
            options.pageSize = limit
            options.pollInterval = .milliseconds(pollMilliseconds)
            options.pid = pid
            options.seed = seed
            let generator = LoadGenerator(options) { progress in
                let line =
                    "\(progress.phase.rawValue) \(Int(progress.requestsPerSecond))/s, \(progress.errors) errors\n"
                FileHandle.standardError.write(Data(line.utf8))
            }
            let report = try await generator.run()
            print(json ? try report.json() : report.text())
        }
    }

    private static func lines(of path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError("There is no file \(path).")
        }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    private func tokenList() async throws -> [String] {
        if let tokens {
            return try Self.lines(of: tokens)
        }
        let count = tokenCount
        let engines = try data.engines()
        var isThere = engines.isShared || DataDirectory.holdsStore(data.path)
        if !isThere { isThere = try await AdminAccess.isServed(data.path) }
        guard isThere else {
            throw SettingsError("There is no store in \(data.path); name its folder with --data-dir, or give --tokens.")
        }
        let reply = try await AdminAccess.use(dataDirectory: data.path, engines: engines, handlesEvents: false) {
            try await $0.answer(.tokens(usernames: [], count: count))
        }
        guard case .tokens(let issued) = reply else { return [] }
        return issued.map(\.accessToken)
    }
}
