/// The settings a server knows, under the names of its flags.
enum Setting: String, CaseIterable {
    case host
    case port
    case dataDir = "data-dir"
    case roles
    case databaseURL = "database-url"
    case databaseReplicaURL = "database-replica-url"
    case databaseConnections = "database-connections"
    case redisURL = "redis-url"
    case kafkaBrokers = "kafka-brokers"
    case kafkaPartitions = "kafka-partitions"
    case kafkaReplication = "kafka-replication"
    case kafkaSecurity = "kafka-security"
    case kafkaMechanism = "kafka-mechanism"
    case kafkaUsername = "kafka-username"
    case kafkaPassword = "kafka-password"
    case kafkaCA = "kafka-ca"
    case kafkaFetchMilliseconds = "kafka-fetch-milliseconds"
    case mediaURL = "media-url"
    case rateLimits = "rate-limits"
    case rateLimitReads = "rate-limit-reads"
    case rateLimitWrites = "rate-limit-writes"
    case rateLimitAddress = "rate-limit-address"
    case rateLimitCredentials = "rate-limit-credentials"
    case pullThreshold = "pull-threshold"
    case trustedProxies = "trusted-proxies"
    case metricsHost = "metrics-host"
    case allowedOrigins = "allowed-origins"
    case webSocketEcho = "websocket-echo"
    case metricsPort = "metrics-port"
    case metricsToken = "metrics-token"
    case eventRetentionDays = "event-retention-days"
    case deletionGraceDays = "deletion-grace-days"
    case exportDays = "export-days"
    case homeTimelinesMax = "home-timelines-max"
    case relationsMax = "relations-max"
    case postCacheMiB = "post-cache-mib"
    case fastPath = "fast-path"
    case tlsCert = "tls-cert"
    case tlsKey = "tls-key"
    case compression
    case connectionsMax = "connections-max"
    case requestHeadSeconds = "request-head-seconds"
    case requestBodySeconds = "request-body-seconds"
    case idleSeconds = "idle-seconds"
    case shutdownSeconds = "shutdown-seconds"
    case accessTokenMinutes = "access-token-minutes"
    case logLevel = "log-level"
    case logFormat = "log-format"

    /// Such as `STARLING_DATA_DIR`.
    var environmentName: String { Self.environmentPrefix + bareEnvironmentName }
    var bareEnvironmentName: String { rawValue.uppercased().replacing("-", with: "_") }

    static let environmentPrefix = "STARLING_"
}

extension ServerOptions {
    /// What was given as flags.
    var values: [Setting: SettingValue] {
        let texts: [(Setting, String?)] = [
            (.host, host), (.dataDir, dataDir), (.roles, roles), (.databaseURL, databaseURL),
            (.databaseReplicaURL, databaseReplicaURL), (.redisURL, redisURL), (.kafkaBrokers, kafkaBrokers),
            (.mediaURL, mediaURL), (.kafkaSecurity, kafkaSecurity), (.kafkaMechanism, kafkaMechanism),
            (.kafkaUsername, kafkaUsername), (.kafkaPassword, kafkaPassword), (.kafkaCA, kafkaCA),
            (.rateLimits, rateLimits), (.trustedProxies, trustedProxies),
            (.allowedOrigins, allowedOrigins), (.webSocketEcho, webSocketEcho),
            (.metricsHost, metricsHost), (.metricsToken, metricsToken), (.fastPath, fastPath), (.tlsCert, tlsCert),
            (.tlsKey, tlsKey),
            (.compression, compression), (.logLevel, logLevel), (.logFormat, logFormat),
        ]
        let numbers: [(Setting, Int?)] = [
            (.port, port), (.databaseConnections, databaseConnections), (.kafkaPartitions, kafkaPartitions),
            (.kafkaReplication, kafkaReplication), (.kafkaFetchMilliseconds, kafkaFetchMilliseconds),
            (.rateLimitReads, rateLimitReads),
            (.rateLimitWrites, rateLimitWrites),
            (.rateLimitAddress, rateLimitAddress), (.rateLimitCredentials, rateLimitCredentials),
            (.pullThreshold, pullThreshold), (.metricsPort, metricsPort), (.eventRetentionDays, eventRetentionDays),
            (.deletionGraceDays, deletionGraceDays), (.exportDays, exportDays),
            (.homeTimelinesMax, homeTimelinesMax), (.relationsMax, relationsMax), (.postCacheMiB, postCacheMiB),
            (.connectionsMax, connectionsMax),
            (.requestHeadSeconds, requestHeadSeconds), (.requestBodySeconds, requestBodySeconds),
            (.idleSeconds, idleSeconds), (.shutdownSeconds, shutdownSeconds), (.accessTokenMinutes, accessTokenMinutes),
        ]
        var values: [Setting: SettingValue] = [:]
        for (setting, text) in texts { values[setting] = text.map(SettingValue.text) }
        for (setting, number) in numbers { values[setting] = number.map(SettingValue.number) }
        return values
    }
}

enum SettingValue: Hashable, Sendable {
    case text(String)
    case number(Int)
}
