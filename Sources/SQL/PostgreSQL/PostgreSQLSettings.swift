import Core

/// How this process uses a PostgreSQL server.
package struct PostgreSQLSettings: Sendable {
    /// As libpq understands it, with several hosts and TLS settings (`sslmode`, `sslrootcert`, `sslcert`, `sslkey`).
    package var url: String
    /// A replica for `readStale`.
    package var replicaURL: String?
    package var readerConnections = 8
    package var writerConnections = 4
    package var connectTimeout: Duration = .seconds(5)
    package var statementTimeout: Duration = .seconds(10)
    package var lockTimeout: Duration = .seconds(5)
    package var idleInTransactionTimeout: Duration = .seconds(10)
    /// How long an answer is waited for, beyond the server's own timeouts.
    package var answerGrace: Duration = .seconds(3)
    /// How long others wait for this process before they acknowledge what hides something.
    package var leaseDuration: Duration = .seconds(1)
    /// How much earlier this process stops trusting its memory: what clocks may differ by meanwhile.
    package var leaseMargin: Duration = .milliseconds(200)
    package var leaseRenewal: Duration = .milliseconds(250)
    package var logPoll: Duration = .milliseconds(100)
    /// Accept a server that loses acknowledged commits when its machine fails; for tests.
    package var acceptsUnsafeServer = false
    /// Called when a failover lost commits that this process has seen: memory, offsets and timelines may all be of them, so
    /// the process should end and start anew. Until then nothing is answered from memory.
    package var onHistoryLost: @Sendable () -> Void = {}
    /// What this process is for, shown beside its lease.
    package var roles = ""

    package init(url: String) {
        self.url = url
    }
}

extension Limits {
    /// A write that the server could not serialize is tried this often.
    static let serializationAttemptsMax = 30
    static let postgreSQLVersionMin = 140_000
    /// Rows of the change log in one answer.
    static let changeLogBatchMax = 1_000
    /// How long a read or write waits for a free connection.
    static let storeWaitMax: Duration = .seconds(5)
    static let reconnectPauseMax: Duration = .seconds(2)
    static let changeLogRetention: Duration = .seconds(600)
}
