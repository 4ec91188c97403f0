import Core
import Foundation
import HTTPClient
import Testing
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server on a free port of 127.0.0.1, ended when the test lets go of it.
final class RunningServer: Sendable {
    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    let process: ChildProcess
    let port: Int
    /// From the start of the process until `/readyz` answered 200.
    let timeToReady: Duration
    let api: APIClient

    private init(_ process: ChildProcess, port: Int, timeToReady: Duration) {
        self.process = process
        self.port = port
        self.timeToReady = timeToReady
        api = APIClient(port: port)
    }

    /// Starts a server and waits until it is ready.
    static func start(
        _ dataDirectory: String, _ flags: [String] = [], environment: [String: String] = [:],
        within limit: Duration = .seconds(30)
    ) async throws -> RunningServer {
        let start = ContinuousClock.now
        let process = try ChildProcess(
            ["serve", "--data-dir", dataDirectory, "--port", "0"] + flags, environment: environment)
        while start.duration(to: .now) < limit, process.isRunning {
            if let port = port(in: process.output) {
                if !flags.contains("--tls-cert") {
                    let answer = try await APIClient(port: port).get("/readyz")
                    guard answer.status == 200 else { throw NotStarted(description: "/readyz says \(answer.status)") }
                }
                return RunningServer(process, port: port, timeToReady: start.duration(to: .now))
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        process.signal(SIGKILL)
        throw NotStarted(description: "serve gave no address: \(process.output)\(process.errors)")
    }

    /// Runs `body` beside a server, which is then stopped as an operator would.
    static func with<Result>(
        _ dataDirectory: String, _ flags: [String] = ["--rate-limits", "off"], environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (RunningServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(dataDirectory, flags, environment: environment)
        let result = try await body(server)
        let status = try await server.stop()
        #expect(status == 0, "the server: \(server.process.errors)", sourceLocation: sourceLocation)
        return result
    }

    /// Asks the server to stop.
    /// - Returns: its exit code.
    func stop(within limit: Duration = .seconds(20)) async throws -> Int32 {
        process.signal(SIGTERM)
        return try await process.exit(within: limit)
    }

    /// Ends the server without a warning.
    func kill() async throws {
        process.signal(SIGKILL)
        try await process.exit()
    }

    private static func port(in output: String) -> Int? {
        output.firstMatch(of: /listens on https?:\/\/127\.0\.0\.1:([0-9]+)\n/).flatMap { Int($0.1) }
    }
}
