import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Redis server for tests, on a free port of this machine, with nothing in it. It ends with this process at the latest.
package final class RedisServer: Sendable {
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Options: Sendable {
        package var password: String?
        /// Serves TLS in place of plain TCP, with a certificate of its own making.
        package var isTLS = false
        package var isClusterNode = false
        /// As on the command line of `redis-server`.
        package var further: [String] = []

        package init() {}
    }

    package let port: Int
    /// To trust, if it serves TLS.
    package let certificate: String?
    private let options: Options
    private let folder: TemporaryFolder
    private let process: Mutex<GuardedProcess>

    package init(_ options: Options = Options()) async throws {
        self.options = options
        let folder = try TemporaryFolder()
        let port = try Self.freePort()
        self.folder = folder
        self.port = port
        certificate = options.isTLS ? try ServerCertificate("redis", in: folder).path : nil
        process = Mutex(try Self.start(port, options, in: folder))
        try await waitUntilReady()
    }

    deinit { stop() }

    /// `redis://…` with the password.
    package var url: String {
        (options.isTLS ? "rediss://" : "redis://") + (options.password.map { ":\($0)@" } ?? "") + "127.0.0.1:\(port)"
    }

    package func stop() { process.withLock { $0.end() } }

    /// Such as `SIGSTOP`, `SIGCONT` or `SIGKILL`.
    package func signal(_ number: Int32) { process.withLock { _ = kill($0.id, number) } }

    /// Starts it again after its end, on its port and empty.
    package func restart() async throws {
        try process.withLock { process in
            process.end()
            process = try Self.start(port, options, in: folder)
        }
        try await waitUntilReady()
    }

    /// Runs a command.
    /// - Returns: what `redis-cli` prints.
    @discardableResult
    package func command(_ words: String...) throws -> String {
        var arguments = ["redis-cli", "--raw", "-h", "127.0.0.1", "-p", String(port)]
        if let password = options.password { arguments += ["--no-auth-warning", "-a", password] }
        if let certificate { arguments += ["--tls", "--cacert", certificate] }
        return try CommandOutput.of(arguments + words, in: folder)
    }

    private func waitUntilReady() async throws {
        for _ in 0..<500 {
            if try command("PING").hasPrefix("PONG") { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Unusable(
            description: "redis-server does not start: \(CommandOutput.contents(of: folder.file("redis.log")))")
    }

    private static func start(_ port: Int, _ options: Options, in folder: TemporaryFolder) throws -> GuardedProcess {
        var arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.path]
        if options.isTLS {
            arguments += ["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"]
            arguments += ["--tls-cert-file", folder.file("redis.pem"), "--tls-key-file", folder.file("redis-key.pem")]
        } else {
            arguments += ["--port", String(port)]
        }
        if let password = options.password { arguments += ["--requirepass", password] }
        if options.isClusterNode { arguments += ["--cluster-enabled", "yes"] }
        return try GuardedProcess(
            "redis-server", arguments + options.further, log: folder.file("redis.log"), package: "redis-server")
    }

    /// A port that was free a moment ago, and the one 10,000 above it too, where a cluster's nodes talk.
    private static func freePort() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000...30_000)
            if LoopbackPort.isFree(port), LoopbackPort.isFree(port + 10_000) { return port }
        }
        throw Unusable(description: "no free port")
    }
}
