import EventLog
import SQL
import Telemetry

/// The other processes that share a store, and what cannot go together with them.
struct Neighbours {
    /// What a process says of itself besides its roles: its timelines are in its memory; it uses Kafka.
    private static let (inMemory, onKafka) = ("memory", "kafka")
    /// What a command says of itself, which is gone when it is done.
    private static let command = "command"

    private let database: PostgreSQLDatabase

    init(_ database: PostgreSQLDatabase) {
        self.database = database
    }

    /// What others are told of a process with these settings.
    static func description(of settings: ServerSettings) -> String {
        let isAlone = settings.engines.redisURL == nil && settings.roles.contains(.api)
        let traits =
            (isAlone ? [inMemory] : []) + (settings.engines.kafkaBrokers != nil ? [onKafka] : [])
            + (settings.isCommand ? [command] : [])
        return (settings.roles.map(\.rawValue).sorted() + traits).joined(separator: ",")
    }

    /// Without Redis timelines are in the memory of one process; a second would serve other ones.
    /// - Throws: `SettingsError` where a live process rules these settings out.
    func refuse(_ settings: ServerSettings) async throws {
        guard settings.roles.contains(.api) else { return }
        let hasRedis = settings.engines.redisURL != nil
        guard try await others(with: hasRedis ? Self.inMemory : RoleName.api.rawValue) == 0 else {
            throw SettingsError(
                "Another process with the role api uses this store\(hasRedis ? " without Redis" : ""). Several need timelines "
                    + "that they share: give all of them --redis-url, or stop the other (one that was killed counts for a "
                    + "second).")
        }
    }

    /// For a process that was given no Kafka.
    /// - Returns: whether the groups of this store read their events from Kafka, so that this process leaves them alone.
    /// - Throws: `SettingsError` where it was to handle events and something of them is in Kafka.
    func readFromKafka(besides settings: ServerSettings) async throws -> Bool {
        guard try await database.read({ try KafkaPassage.isUsed(in: $0) }) else { return false }
        guard !settings.isCommand, !settings.roles.isDisjoint(with: [.upkeep, .fanout, .notifications]) else {
            return true
        }
        guard try await others(with: Self.onKafka) == 0 else {
            throw SettingsError(
                "Other processes of this store pass events through Kafka: give this one --kafka-brokers, too. Who read them "
                    + "from the store beside the others would count everything twice.")
        }
        guard try await database.writeExclusively({ try KafkaPassage.leave(in: $0) }) else {
            throw SettingsError(
                "Events of this store may still wait in Kafka: give --kafka-brokers. To do without Kafka, stop the "
                    + "processes once starling_kafka_lag is 0 and nothing is written, and start them without it.")
        }
        return false
    }

    /// The live servers besides this process.
    func servers() async throws -> [AdminProcess] {
        let node = Int64(database.nodeClaim?.node ?? -1)
        let processes = try await database.read { store in
            try store.query(
                """
                SELECT node, roles, CAST(extract(epoch FROM started_at) * 1000 AS BIGINT) FROM process_leases
                WHERE lease_until > clock_timestamp() AND node <> $1 ORDER BY node
                """, [.integer(node)]
            ) { AdminProcess(node: $0.int64(0), roles: $0.text(1), startedAt: Timestamp.string($0.int64(2))) }
        }
        return processes.filter { !$0.roles.split(separator: ",").contains { $0 == Self.command } }
    }

    /// Live processes besides this one that have this role or trait.
    private func others(with trait: String) async throws -> Int64 {
        let node = Int64(database.nodeClaim?.node ?? -1)
        return try await database.read { store in
            try store.integer(
                """
                SELECT count(*) FROM process_leases
                WHERE lease_until > clock_timestamp() AND node <> $1 AND (',' || roles || ',') LIKE $2
                """, [.integer(node), .text("%,\(trait),%")])
        }
    }
}
