import Foundation
import HTTPClient
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One process of a cluster, which may be killed, stopped and started again, always at the same place.
final class Member: Sendable {
    struct Trouble: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    /// Where it answers requests, if it does.
    let port: Int?
    let dataDirectory: String
    let log: String
    private let command: [String]
    private let child = Mutex<Child?>(nil)
    /// Where the log of the current child begins.
    private let logStart = Atomic<Int>(0)

    /// - Parameter flags: of `starling serve`, without those about this process alone.
    init(_ name: String, role: String, flags: [String], in folder: TemporaryFolder) throws {
        self.name = name
        port = role == "api" ? try LoopbackPort.free() : nil
        dataDirectory = try folder.folder(name)
        log = folder.file(name + ".log")
        var words = [try StarlingBinary.path(), "serve", "--roles", role, "--data-dir", dataDirectory]
        if let port { words += ["--port", String(port)] }
        command = words + flags
    }

    /// Starts it, unless it runs.
    func start() throws {
        try child.withLock { child in
            guard child == nil || child?.exitStatus != nil else { return }
            logStart.store(logText.utf8.count, ordering: .relaxed)
            child = try Child(command, log: log)
        }
    }

    /// As `kill -9`.
    func kill() { child.withLock { $0 }?.kill() }
    func stop() { signal(SIGSTOP) }
    func resume() { signal(SIGCONT) }
    func signal(_ number: Int32) { child.withLock { $0 }?.signal(number) }

    /// Nil while it runs.
    var exitStatus: Int32? { child.withLock { $0 }?.exitStatus }

    /// Asks it to end.
    /// - Returns: its exit code; nil if it had to be killed.
    func end(within limit: Duration = .seconds(60)) async throws -> Int32? {
        signal(SIGTERM)
        defer { kill() }
        return try await child.withLock { $0 }?.exit(within: limit)
    }

    /// Waits until it says that it works, and answers if it is to answer. A busy disk makes the first migration slow.
    func waitUntilReady(within limit: Duration = .seconds(120)) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline, exitStatus == nil {
            if try await isReady { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        let end = exitStatus.map { "ended with \($0)" } ?? "does not become ready in \(limit)"
        throw Trouble(description: "\(name) \(end): \(lastLines)")
    }

    private var isReady: Bool {
        get async throws {
            guard let port else {
                let said = logText.utf8.dropFirst(logStart.load(ordering: .relaxed))
                return String(decoding: Array(said), as: UTF8.self).contains(" works as ")
            }
            do {
                let client = HTTPClient(.tcp(host: "127.0.0.1", port: port))
                return try await client.send(HTTPClientRequest(path: "/readyz"), timeout: .seconds(2)).status == 200
            } catch is HTTPClientError {
                return false
            }
        }
    }

    var logText: String { String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self) }
    var lastLines: String { logText.split(separator: "\n").suffix(12).joined(separator: "\n") }
}
