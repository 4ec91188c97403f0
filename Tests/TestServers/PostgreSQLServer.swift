import Foundation
import Synchronization
import TestSupport

/// A PostgreSQL server of a test's own: on loopback, in a temporary folder, gone with the test process.
package final class PostgreSQLServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    /// The file of the certificate of a server that speaks TLS.
    package let certificate: String?
    private let data: String
    private let programs: PostgreSQLPrograms
    private let settings: [String]
    private let process = Mutex<GuardedProcess?>(nil)
    private let databases = Atomic<Int>(0)

    /// One for the whole test process, for tests that do not harm it.
    package static func shared() throws -> PostgreSQLServer {
        try sharedServer.withLock { server in
            if let server { return server }
            let started = try PostgreSQLServer()
            server = started
            return started
        }
    }

    private static let sharedServer = Mutex<PostgreSQLServer?>(nil)

    /// Starts a new server.
    /// - Parameter settings: as in `postgresql.conf`, such as `synchronous_standby_names=standby`.
    package convenience init(settings: [String] = []) throws {
        let programs = try PostgreSQLPrograms.found()
        let folder = try TemporaryFolder()
        try self.init(programs, data: programs.newData(in: folder), settings: settings)
    }

    /// Starts a server that also speaks TLS, with a certificate of its own.
    package static func secured() throws -> PostgreSQLServer {
        let programs = try PostgreSQLPrograms.found()
        let folder = try TemporaryFolder()
        let (settings, certificate) = try programs.security(in: folder)
        return try PostgreSQLServer(
            programs, data: programs.newData(in: folder), settings: settings, certificate: certificate)
    }

    private init(_ programs: PostgreSQLPrograms, data: String, settings: [String], certificate: String? = nil) throws {
        self.programs = programs
        self.data = data
        self.certificate = certificate
        self.settings = settings
        port = try LoopbackPort.free()
        try start()
    }

    /// The URL of an empty database that nobody else has.
    package func newDatabase() throws -> String {
        let name = "t\(databases.add(1, ordering: .relaxed).newValue)"
        try query("CREATE DATABASE \(name)")
        return url(name)
    }

    package func url(_ database: String = "postgres") -> String {
        "postgres://starling@127.0.0.1:\(port)/\(database)?sslmode=disable"
    }

    /// What `psql` prints, without headings.
    @discardableResult
    package func query(_ sql: String, database: String = "postgres") throws -> String {
        try programs.output("psql", ["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)])
    }

    /// Starts a server that was killed or stopped, and waits until it answers.
    package func start() throws {
        let arguments = programs.asServer(
            [
                "-D", data, "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c",
                "max_connections=500",
            ]
                + settings.flatMap { ["-c", $0] })
        // One that was killed lets go of its memory only once all of its processes are gone.
        for _ in 0..<100 {
            var started = try GuardedProcess(
                arguments[0], Array(arguments.dropFirst()), log: data + ".log", package: "postgresql-15")
            while started.isRunning {
                if programs.run("pg_isready", ["-q", "-h", "127.0.0.1", "-p", "\(port)"]) == 0 {
                    return process.withLock { $0 = started }
                }
                usleep(20_000)
            }
            started.end()
            usleep(50_000)
        }
        throw Failure(description: "the server does not start; its log: \(CommandOutput.contents(of: data + ".log"))")
    }

    /// As `kill -9` of every one of its processes.
    package func kill() {
        for process in processes { Foundation.kill(process, SIGKILL) }
        process.withLock { process in
            process?.end()
            process = nil
        }
    }

    package func pause() { for process in processes { Foundation.kill(process, SIGSTOP) } }
    package func resume() { for process in processes { Foundation.kill(process, SIGCONT) } }

    /// Those that serve clients first, the one that starts them last.
    private var processes: [pid_t] {
        guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8),
            let main = text.split(separator: "\n").first.flatMap({ pid_t($0) })
        else { return [] }
        let children = try? String(contentsOfFile: "/proc/\(main)/task/\(main)/children", encoding: .utf8)
        return (children ?? "").split(separator: " ").compactMap { pid_t($0) } + [main]
    }
}

// Standbys
extension PostgreSQLServer {
    /// A copy of this server that follows it under the name `standby`.
    package func newStandby() throws -> PostgreSQLServer {
        let folder = try TemporaryFolder()
        let copy = try programs.newFolder(in: folder)
        let source = "host=127.0.0.1 port=\(port) user=starling application_name=standby sslmode=disable"
        _ = try programs.output(
            "pg_basebackup", ["-D", copy, "-d", source, "-R", "-X", "stream", "-c", "fast"], asServer: true)
        return try PostgreSQLServer(programs, data: copy, settings: ["hot_standby=on"])
    }

    /// Makes a standby lack whatever its primary commits from now on.
    package func unfollow() throws {
        try query("ALTER SYSTEM SET primary_conninfo = ''")
        try query("SELECT pg_reload_conf()")
        while try query("SELECT count(*) FROM pg_stat_wal_receiver") != "0" { usleep(20_000) }
    }

    /// Makes a standby the primary.
    package func promote() throws { try query("SELECT pg_promote()") }

    package var isStandby: Bool {
        get throws { try query("SELECT pg_is_in_recovery()") == "t" }
    }
}
