import Core
import EventLog
import Logging
import SQL
import ServiceLifecycle

/// Erases the accounts whose grace period is over: every feature's rows in batches, then what other stores hold, then the
/// account itself, all with their counts on the receipt. What was begun is gone on with after a crash; no row is counted twice.
package struct AccountErasure: Service {
    private let database: any Database
    private let steps: [ErasureStep]
    private let stores: [ErasedStore]
    /// Held by the process that does this; nil where there is only one.
    private let lease: WorkLease?
    private let pause: Duration
    private let clock: WallClock
    private let logger: Logger

    package init(
        database: any Database, steps: [ErasureStep], stores: [ErasedStore] = [], lease: WorkLease? = nil,
        pause: Duration = .seconds(60), clock: WallClock, logger: Logger
    ) {
        self.database = database
        self.steps = steps
        self.stores = stores
        self.lease = lease
        self.pause = pause
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("erase deleted accounts", every: pause, logger: logger) {
            if lease == nil || lease?.epoch != nil { try await eraseDue() }
        }
    }

    /// Erases all that is due by now.
    /// - Returns: how many accounts.
    @discardableResult
    package func eraseDue() async throws -> Int {
        var erased = 0
        while let id = try await nextDue() {
            try await erase(id)
            erased += 1
        }
        return erased
    }

    private func nextDue() async throws -> ID<Account>? {
        let now = clock.now()
        return try await database.read { store in
            try store.first(
                """
                SELECT account_id FROM deletions WHERE finished_at IS NULL AND due_at <= $1
                ORDER BY due_at, account_id LIMIT 1
                """, [.integer(now)]
            ) { $0.id(0) }
        }
    }

    private func erase(_ id: ID<Account>) async throws {
        let now = clock.now()
        let isBegun = try await database.write { store in
            // A login may have taken it back just now.
            try store.execute(
                "UPDATE deletions SET started_at = coalesce(started_at, $2) WHERE account_id = $1",
                [.integer(id.rawValue), .integer(now)]) == 1
        }
        guard isBegun else { return }
        // Before the tables, whose events empty some of these; and after, for what was under way meanwhile.
        for store in stores { try await erase(id, from: store) }
        for step in steps {
            while try await eraseBatch(of: id, by: step) {}
        }
        for store in stores { try await erase(id, from: store) }
        let receipt = try await finish(id)
        let counts = receipt.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        logger.notice("account erased", metadata: ["account": "\(id)", "receipt": "\(counts)"])
    }

    /// - Returns: whether there may be more.
    private func eraseBatch(of id: ID<Account>, by step: ErasureStep) async throws -> Bool {
        try await database.write { store in
            let counts = try step.erase(id, Limits.erasureBatchMax, store).filter { $0.value > 0 }
            try DeletionRows.add(counts, to: id, in: store)
            return !counts.isEmpty
        }
    }

    private func erase(_ id: ID<Account>, from store: ErasedStore) async throws {
        let soFar = try await database.read { try DeletionRows.receipt(of: id, $0) }
        let count = try await store.erase(id, soFar)
        let goneBy = store.remains.map { clock.now() + $0.milliseconds }
        try await database.write { try DeletionRows.note(store.name, count, goneBy: goneBy, of: id, in: $0) }
    }

    /// The account's row stays, without anything personal: ids are never given twice, and others' rows refer to it.
    private func finish(_ id: ID<Account>) async throws -> [String: Int64] {
        let now = clock.now()
        return try await database.write { store in
            if var row = try AccountRow.find(id, store), row.state != .deleted {
                try DeletionRows.retire(row.username, in: store)
                row.erase()
                try row.save(.accountDeleted, at: now, in: store)
                try store.execute(
                    "UPDATE users SET username = $2, created_at = 0, last_active_at = NULL WHERE id = $1",
                    [.integer(id.rawValue), .text("~\(id)")])
                try DeletionRows.add(["users": 1], to: id, in: store)
            }
            try store.execute(
                "UPDATE deletions SET finished_at = coalesce(finished_at, $2) WHERE account_id = $1",
                [.integer(id.rawValue), .integer(now)])
            store.announce(.accountErased(id.rawValue))
            return try DeletionRows.receipt(of: id, store)
        }
    }
}

extension Limits {
    /// Rows that one transaction of an erasure takes.
    static let erasureBatchMax = 200
}
