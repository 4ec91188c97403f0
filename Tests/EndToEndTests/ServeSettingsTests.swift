import Foundation
import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct ServeSettingsTests {}
}

/// Something a server must not start with.
struct Refusal: Sendable, CustomTestStringConvertible {
    var flags: [String] = []
    var environment: [String: String] = [:]
    var file: String?
    /// What the sentence has to name.
    let says: String
    var status: Int32 = 1

    var testDescription: String {
        (flags + environment.map { "\($0)=\($1)" } + [file ?? ""]).joined(separator: " ")
    }
}

extension EndToEnd.ServeSettingsTests {
    static let flags = [
        Refusal(flags: ["--port", "70000"], says: "port must be a whole number from 0 to 65535."),
        Refusal(flags: ["--port", "x"], says: "--port", status: 64),
        Refusal(flags: ["--prot", "1"], says: "Unknown option '--prot'", status: 64),
        Refusal(flags: ["extra"], says: "extra", status: 64),
        Refusal(flags: ["--rate-limits", "maybe"], says: "rate-limits must be on or off."),
        Refusal(flags: ["--rate-limit-reads", "0"], says: "rate-limit-reads must be a whole number from 1"),
        Refusal(flags: ["--pull-threshold", "0"], says: "pull-threshold must be"),
        Refusal(flags: ["--metrics-token", "short"], says: "metrics-token must have at least 16 characters"),
        Refusal(flags: ["--metrics-port", "-1"], says: "metrics-port", status: 64),
        Refusal(flags: ["--trusted-proxies", "10.0.0.0/99"], says: "trusted-proxies: 10.0.0.0/99 is neither"),
        Refusal(flags: ["--allowed-origins", "example.com"], says: "allowed-origins: example.com is no origin like"),
        Refusal(flags: ["--log-level", "loud"], says: "log-level cannot be loud"),
        Refusal(flags: ["--log-format", "xml"], says: "log-format cannot be xml"),
        Refusal(flags: ["--event-retention-days", "0"], says: "event-retention-days must be"),
        Refusal(flags: ["--home-timelines-max", "1"], says: "home-timelines-max must be"),
        Refusal(flags: ["--relations-max", "1"], says: "relations-max must be"),
        Refusal(flags: ["--post-cache-mib", "0"], says: "post-cache-mib must be"),
        Refusal(flags: ["--connections-max", "0"], says: "connections-max must be"),
        Refusal(flags: ["--request-head-seconds", "0"], says: "request-head-seconds must be"),
        Refusal(flags: ["--shutdown-seconds", "9999"], says: "shutdown-seconds must be"),
        Refusal(flags: ["--access-token-minutes", "0"], says: "access-token-minutes must be"),
        Refusal(
            flags: ["--host", "no-such-host.invalid"], says: "is no address to listen on. Choose another with --host"),
        Refusal(flags: ["--host", "192.0.2.1"], says: "Cannot listen on 192.0.2.1"),
        Refusal(flags: ["--config", "/nowhere/starling.json"], says: "There is no configuration file"),
    ]

    /// Engines that cannot be meant, or do not go together.
    static let engines = [
        Refusal(
            flags: ["--roles", "relay"], says: "With SQLite one process does everything, so roles must be left out"),
        Refusal(flags: ["--roles", "nothing"], says: "roles cannot be nothing. Known are: api, relay, fanout"),
        Refusal(flags: ["--redis-url", "redis://127.0.0.1:1"], says: "redis-url is for what several processes share"),
        Refusal(flags: ["--kafka-brokers", "127.0.0.1:1"], says: "kafka-brokers is for events between processes"),
        Refusal(flags: ["--database-url", "mysql://x"], says: "database-url must begin with postgres://"),
        Refusal(flags: ["--database-url", "postgres://127.0.0.1:1/x"], says: "PostgreSQL cannot be reached"),
        Refusal(flags: ["--database-replica-url", "postgres://x"], says: "database-replica-url is a copy of"),
        Refusal(flags: ["--database-connections", "0"], says: "database-connections must be"),
        Refusal(flags: ["--media-url", "ftp://x"], says: "media-url cannot be used: "),
        Refusal(flags: ["--kafka-security", "x"], says: "kafka-security must be one of plaintext, ssl"),
        Refusal(
            flags: ["--metrics-port", "0", "--metrics-host", "0.0.0.0"],
            says: "metrics-host lets others read /metrics; give --metrics-token"),
    ]

    static let surroundings = [
        Refusal(environment: ["STARLING_PROT": "1"], says: "STARLING_PROT, which is no setting. Known are: STARLING_"),
        Refusal(environment: ["STARLING_PORT": "x"], says: "port must be a whole number"),
        Refusal(environment: ["STARLING_PORT": ""], says: "port must be a whole number"),
        Refusal(environment: ["STARLING_RATE_LIMITS": "1"], says: "rate-limits must be on or off."),
        Refusal(environment: ["STARLING_METRICS_TOKEN": "short"], says: "metrics-token must have"),
        Refusal(file: #"{"prot": 1}"#, says: "prot, which is no setting. Known are: access-token-minutes"),
        Refusal(file: #"{"port": "x"}"#, says: "port must be a whole number"),
        Refusal(file: #"{"port": 80.5}"#, says: "port must be a whole number"),
        Refusal(file: #"{"port": null}"#, says: "port must be a whole number"),
        Refusal(file: #"{"host": 5}"#, says: "host must be text."),
        Refusal(file: #"{"rate-limits": true}"#, says: "rate-limits must be text."),
        Refusal(file: "[1]", says: "must hold one JSON object of settings"),
        Refusal(file: "{", says: "must hold one JSON object of settings"),
    ]

    @Test("an unknown or impossible setting stops the start with a sentence", arguments: flags + engines + surroundings)
    func refused(_ refusal: Refusal) async throws {
        let folder = try TemporaryFolder()
        var arguments = ["serve", "--data-dir", folder.file("data")] + refusal.flags
        if let file = refusal.file { arguments += ["--config", try folder.file("starling.json", file)] }
        let outcome = try await Starling.run(arguments, environment: refusal.environment, within: .seconds(10))
        #expect(outcome.status == refusal.status)
        #expect(outcome.errors.contains(refusal.says), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        // One sentence, and no other complaint around it.
        let lines = outcome.errors.split(separator: "\n").filter { !$0.contains("level=info") }
        if refusal.status == 1 { #expect(lines.count == 1, "\(outcome.errors)") }
    }

    @Test("a data directory that cannot be used stops the start with a sentence")
    func dataDirectories() async throws {
        let folder = try TemporaryFolder()
        let long = folder.file(String(repeating: "x", count: 100))
        try FileManager.default.createDirectory(atPath: folder.file("broken"), withIntermediateDirectories: true)
        _ = try folder.file("broken/starling.sqlite", "this is no database, whatever its name says")
        let cases = [
            (try folder.file("file", ""), "cannot be created"), ("", "has no name"), (long, "is too long"),
            (folder.file("broken"), "cannot be opened"),
        ]
        for (path, says) in cases {
            let outcome = try await Starling.run(["serve", "--port", "0", "--data-dir", path], within: .seconds(10))
            #expect(outcome.status == 1 && outcome.errors.contains(says), "\(outcome.errors)")
        }
    }

    @Test("a port in use stops the start with a sentence, and so does a data directory in use")
    func inUse() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.with(folder.file("data")) { server in
            let port = try await Starling.run(
                ["serve", "--port", "\(server.port)", "--data-dir", folder.file("other")], within: .seconds(10))
            #expect(port.status == 1)
            #expect(port.errors.contains("address already in use. Choose another with --host and --port."))

            let data = try await Starling.run(
                ["serve", "--port", "0", "--data-dir", folder.file("data")], within: .seconds(10))
            #expect(data.status == 1)
            #expect(data.errors.contains("Another Starling uses"), "\(data.errors)")
            #expect(try await server.api.get("/readyz").status == 200)
        }
    }

    @Test("flags win over the environment, the environment over the file, the file over what is built in")
    func precedence() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("starling.json", #"{"rate-limit-address": 11, "port": 0}"#)
        let environment = ["STARLING_RATE_LIMIT_ADDRESS": "22", "STARLING_CONNECTIONS_MAX": "500"]
        let cases: [([String], [String: String], Int)] = [
            ([], [:], 600), (["--config", file], [:], 11), (["--config", file], environment, 22),
            (["--config", file, "--rate-limit-address", "33"], environment, 33),
        ]
        for (flags, environment, expected) in cases {
            try await RunningServer.with(folder.file("data"), flags, environment: environment) { server in
                let policy = try await server.api.get("/v1/users/by-username/nobody").header("RateLimit-Policy")
                #expect(policy?.contains("q=\(expected);") == true, "\(flags) \(environment): \(policy ?? "none")")
            }
        }
    }

    @Test("the data directory comes from the environment too, also for commands")
    func dataDirectoryByEnvironment() async throws {
        let folder = try TemporaryFolder()
        let environment = ["STARLING_DATA_DIR": folder.file("data")]
        let created = try await Starling.run(["user", "create", "alice"], environment: environment)
        #expect(created.status == 0)
        #expect(FileManager.default.fileExists(atPath: folder.file("data/starling.sqlite")))
    }
}
