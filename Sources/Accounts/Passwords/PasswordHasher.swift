import Core
import NIOPosix
import Synchronization

/// Hashes and checks passwords on two threads of their own, with a bounded queue before them.
package final class PasswordHasher: Sendable {
    /// The work one hash takes.
    package struct Cost: Hashable, Sendable {
        package let memoryKiB: UInt32
        package let passes: UInt32

        package init(memoryKiB: UInt32, passes: UInt32) {
            self.memoryKiB = memoryKiB
            self.passes = passes
        }

        /// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
        package static let owasp = Cost(memoryKiB: 19_456, passes: 2)
    }

    private static let threadCount = 2

    private let cost: Cost
    private let inFlightMax: Int
    private let pool: NIOThreadPool
    private let inFlight = Mutex(0)
    /// What is checked where there is no password, so that the answer takes as long.
    private let decoy: String

    /// - Parameter inFlightMax: hashes under way and waiting together.
    package init(cost: Cost = .owasp, inFlightMax: Int = Limits.passwordHashesInFlightMax) throws {
        self.cost = cost
        self.inFlightMax = inFlightMax
        decoy = try Argon2.hash("", cost: cost)
        pool = NIOThreadPool(numberOfThreads: Self.threadCount)
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    /// The hash of a new password, as a PHC string.
    /// - Throws: `AccountsError.overloaded` where too many wait.
    package func hash(_ password: Password) async throws -> String {
        try await run { [cost] in try Argon2.hash(password.value, cost: cost) }
    }

    /// Whether `password` is the one behind `encoded`. Without `encoded` it takes as long and is not.
    /// - Throws: `AccountsError.overloaded` where too many wait.
    package func verify(_ password: String, against encoded: String?) async throws -> Bool {
        // No such password was ever set, and a hash of a body's worth of text is no work to do for a stranger.
        guard password.utf8.count <= Limits.passwordBytesMax else { return false }
        return try await run { [decoy] in
            let matches = try Argon2.verify(password, against: encoded ?? decoy)
            return matches && encoded != nil
        }
    }

    private func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let isAdmitted = inFlight.withLock { count in
            guard count < inFlightMax else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw AccountsError.overloaded }
        defer { inFlight.withLock { $0 -= 1 } }
        return try await pool.runIfActive(work)
    }
}
