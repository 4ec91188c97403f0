import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A running program whose outputs go to a file.
final class Child: Sendable {
    let id: pid_t
    /// Nil while it runs; then its exit code, or the negated number of the signal that ended it.
    private let status = Mutex<Int32?>(nil)

    init(_ words: [String], log: String) throws {
        id = try Spawn.child(words, output: log)
        ChildGuard.began(id)
    }

    deinit { kill() }

    /// Nil while it runs.
    var exitStatus: Int32? {
        status.withLock { status in
            if status == nil { status = reap(WNOHANG) }
            return status
        }
    }

    func signal(_ number: Int32) {
        status.withLock { status in
            if status == nil { _ = Foundation.kill(id, number) }
        }
    }

    /// Ends it at once, and waits for that.
    func kill() {
        status.withLock { status in
            guard status == nil else { return }
            _ = Foundation.kill(id, SIGKILL)
            status = reap(0)
        }
    }

    /// - Returns: nil if it still runs after `limit`.
    func exit(within limit: Duration) async throws -> Int32? {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let exitStatus { return exitStatus }
            try await Task.sleep(for: .milliseconds(5))
        }
        return exitStatus
    }

    private func reap(_ options: Int32) -> Int32? {
        var status: Int32 = 0
        while true {
            let reaped = waitpid(id, &status, options)
            if reaped == 0 { return nil }
            if reaped < 0, errno == EINTR { continue }
            ChildGuard.ended(id)
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        }
    }
}
