import BlobStore
import EventLog
import Kafka

/// Which engines a process works with besides its own memory. Nil is the embedded one.
struct EngineSettings: Sendable {
    /// PostgreSQL in SQLite's place.
    var databaseURL: String?
    var databaseReplicaURL: String?
    var databaseConnections = 8
    /// Take a store that may lose what it acknowledged; for tests.
    var acceptsUnsafeStore = false
    var redisURL: String?
    var kafkaBrokers: String?
    var kafkaPartitions = 12
    /// -1 for the brokers' default.
    var kafkaReplication = -1
    var kafkaSecurity = KafkaSettings.Security.plaintext
    var kafkaSASL: KafkaSettings.SASL?
    var kafkaCA: String?
    /// How long a broker may hold a fetch back.
    var kafkaFetchMilliseconds = 100
    var mediaURL: String?

    init() {}

    /// For commands.
    /// - Throws: `SettingsError`.
    init(databaseURL: String?, redisURL: String?) throws {
        self.databaseURL = databaseURL
        self.redisURL = redisURL
        try checkMix()
    }

    /// - Throws: `SettingsError`, also for a mix that cannot work, with the reason.
    init(_ reader: SettingsReader) throws {
        databaseURL = try reader.optionalText(.databaseURL)
        databaseReplicaURL = try reader.optionalText(.databaseReplicaURL)
        databaseConnections = try reader.number(.databaseConnections, default: databaseConnections, in: 1...256)
        redisURL = try reader.optionalText(.redisURL)
        kafkaBrokers = try reader.optionalText(.kafkaBrokers)
        kafkaPartitions = try reader.number(.kafkaPartitions, default: kafkaPartitions, in: 1...10_000)
        kafkaReplication = try reader.number(.kafkaReplication, default: kafkaReplication, in: 1...16)
        kafkaFetchMilliseconds = try reader.number(
            .kafkaFetchMilliseconds, default: kafkaFetchMilliseconds, in: 1...10_000)
        kafkaCA = try reader.optionalText(.kafkaCA)
        if let name = try reader.optionalText(.kafkaSecurity) {
            guard let security = KafkaSettings.Security(rawValue: name) else {
                throw SettingsError("kafka-security must be one of \(Self.names(KafkaSettings.Security.allCases)).")
            }
            kafkaSecurity = security
        }
        kafkaSASL = try Self.sasl(reader)
        mediaURL = try reader.optionalText(.mediaURL)
        if let mediaURL {
            do { _ = try S3Location(mediaURL) } catch let error as BlobStoreError {
                throw SettingsError("media-url cannot be used: \(error.message).")
            }
        }
        try checkMix()
    }

    private static func sasl(_ reader: SettingsReader) throws -> KafkaSettings.SASL? {
        guard let username = try reader.optionalText(.kafkaUsername) else { return nil }
        let name = try reader.text(.kafkaMechanism, default: "SCRAM-SHA-512")
        guard let mechanism = KafkaSettings.SASL.Mechanism(rawValue: name) else {
            throw SettingsError("kafka-mechanism must be one of \(names(KafkaSettings.SASL.Mechanism.allCases)).")
        }
        return KafkaSettings.SASL(
            mechanism, username: username, password: try reader.text(.kafkaPassword, default: ""))
    }

    private static func names(_ cases: [some RawRepresentable<String>]) -> String {
        cases.map(\.rawValue).joined(separator: ", ")
    }

    /// The log's topics on Kafka, where there is one.
    /// - Throws: `SettingsError`.
    func kafkaTopics(retention: Duration) throws -> KafkaTopics? {
        guard let kafkaBrokers else { return nil }
        do {
            var settings = try KafkaSettings(
                brokers: kafkaBrokers.split(separator: ",").map { String($0.filter { $0 != " " }) },
                security: kafkaSecurity, sasl: kafkaSASL, caFile: kafkaCA)
            settings.fetchWaitMax = .milliseconds(kafkaFetchMilliseconds)
            return KafkaTopics(
                settings: settings, partitions: kafkaPartitions, replicas: kafkaReplication, retention: retention)
        } catch let error as KafkaError {
            throw SettingsError("kafka-brokers: \(error).")
        }
    }

    /// What the operator should know.
    var warnings: [String] {
        guard kafkaReplication == 1, kafkaBrokers?.contains(",") ?? false else { return [] }
        return ["kafka-replication is 1: of topics that this process creates a lost broker loses its events; give 3"]
    }

    /// Whether several processes can share the store.
    var isShared: Bool { databaseURL != nil }

    private func checkMix() throws {
        if let databaseURL, !databaseURL.hasPrefix("postgres://"), !databaseURL.hasPrefix("postgresql://") {
            throw SettingsError(
                "database-url must begin with postgres:// (SQLite needs none: it is in the data folder).")
        }
        guard databaseURL == nil else { return }
        if databaseReplicaURL != nil {
            throw SettingsError(
                "database-replica-url is a copy of a PostgreSQL; give its original with --database-url.")
        }
        if redisURL != nil {
            throw SettingsError(
                "redis-url is for what several processes share, and SQLite has one process; give --database-url, or leave "
                    + "Redis out: memory is faster.")
        }
        if kafkaBrokers != nil {
            throw SettingsError(
                "kafka-brokers is for events between processes, and SQLite has one process; give --database-url, or leave "
                    + "Kafka out: the outbox table is read directly.")
        }
    }
}
