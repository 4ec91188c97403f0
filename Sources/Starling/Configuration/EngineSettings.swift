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
    var kafkaReplication = 1
    var mediaURL: String?

    init() {}

    /// - Throws: `SettingsError`, also for a mix that cannot work, with the reason.
    init(_ reader: SettingsReader) throws {
        databaseURL = try reader.optionalText(.databaseURL)
        databaseReplicaURL = try reader.optionalText(.databaseReplicaURL)
        databaseConnections = try reader.number(.databaseConnections, default: databaseConnections, in: 1...256)
        redisURL = try reader.optionalText(.redisURL)
        kafkaBrokers = try reader.optionalText(.kafkaBrokers)
        kafkaPartitions = try reader.number(.kafkaPartitions, default: kafkaPartitions, in: 1...10_000)
        kafkaReplication = try reader.number(.kafkaReplication, default: kafkaReplication, in: 1...16)
        mediaURL = try reader.optionalText(.mediaURL)
        try checkMix()
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
