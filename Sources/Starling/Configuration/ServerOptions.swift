import ArgumentParser

/// The flags of `starling serve`. Each can also be given as `STARLING_<NAME>` in the environment or as a key of the
/// configuration file; flags win over the environment, the environment over the file.
struct ServerOptions: ParsableArguments {
    @Option(help: "A JSON file of settings, such as {\"port\": 8080, \"rate-limits\": \"on\"}.")
    var config: String?

    @Option(help: "The address to listen on (default: 127.0.0.1; 0.0.0.0 for every one).")
    var host: String?

    @Option(help: "The port to listen on (default: 8080; 0 picks a free one).")
    var port: Int?

    @Option(name: .customLong("data-dir"), help: "The folder of the database (default: starling-data).")
    var dataDir: String?

    @Option(
        help: """
            What this process does, with commas: api, relay, fanout, upkeep, notifications (default: everything). Fewer \
            than all need --database-url.
            """)
    var roles: String?

    @Option(
        name: .customLong("database-url"),
        help:
            "postgres://user:password@host/database: keep everything in PostgreSQL (default: SQLite in the data folder)."
    )
    var databaseURL: String?

    @Option(
        name: .customLong("database-replica-url"),
        help: "A read replica for what may be a little old (default: none).")
    var databaseReplicaURL: String?

    @Option(
        name: .customLong("database-connections"),
        help: "Connections to PostgreSQL for reading; writing takes a few more (default: 8).")
    var databaseConnections: Int?

    @Option(
        name: .customLong("redis-url"),
        help: """
            redis://user:password@host:port, several hosts with commas for a cluster: timelines and limits that \
            processes share (default: in memory).
            """)
    var redisURL: String?

    @Option(
        name: .customLong("kafka-brokers"),
        help: "host:port, with commas: consumers read events from Kafka (default: from the outbox table).")
    var kafkaBrokers: String?

    @Option(name: .customLong("kafka-partitions"), help: "Partitions of topics that are created (default: 12).")
    var kafkaPartitions: Int?

    @Option(
        name: .customLong("kafka-replication"),
        help: "Copies of topics that are created (default: what the brokers say; 3 in production).")
    var kafkaReplication: Int?

    @Option(
        name: .customLong("kafka-security"), help: "plaintext, ssl, sasl_plaintext or sasl_ssl (default: plaintext).")
    var kafkaSecurity: String?

    @Option(
        name: .customLong("kafka-mechanism"), help: "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 (default: SCRAM-SHA-512).")
    var kafkaMechanism: String?

    @Option(name: .customLong("kafka-username"), help: "The SASL user (default: none).")
    var kafkaUsername: String?

    @Option(
        name: .customLong("kafka-password"),
        help: "Its password; better in the environment, where others do not see it.")
    var kafkaPassword: String?

    @Option(name: .customLong("kafka-ca"), help: "A PEM file that vouches for the brokers (default: the system's).")
    var kafkaCA: String?

    @Option(
        name: .customLong("kafka-fetch-milliseconds"),
        help: "How long a broker may wait for events before it answers that there are none (default: 100).")
    var kafkaFetchMilliseconds: Int?

    @Option(
        name: .customLong("media-url"),
        help: "s3://bucket/prefix?region=…&endpoint=…: where media are kept (default: media in the data folder).")
    var mediaURL: String?

    @Option(name: .customLong("rate-limits"), help: "on or off (default: on). Off only for load tests.")
    var rateLimits: String?

    @Option(name: .customLong("rate-limit-reads"), help: "Reads an account may make a minute (default: 1200).")
    var rateLimitReads: Int?

    @Option(name: .customLong("rate-limit-writes"), help: "Writes an account may make a minute (default: 300).")
    var rateLimitWrites: Int?

    @Option(
        name: .customLong("rate-limit-address"),
        help: "Requests an address may make a minute without an account (default: 600).")
    var rateLimitAddress: Int?

    @Option(
        name: .customLong("rate-limit-credentials"),
        help: "Logins, registrations and refreshes an address may try a minute (default: 30).")
    var rateLimitCredentials: Int?

    @Option(
        name: .customLong("pull-threshold"),
        help: "From this many followers on, an author is merged in when read instead of pushed (default: 10000).")
    var pullThreshold: Int?

    @Option(
        name: .customLong("trusted-proxies"),
        help: "Networks whose X-Forwarded-For is believed, with commas: 10.0.0.0/8,::1 (default: none).")
    var trustedProxies: String?

    @Option(
        name: .customLong("allowed-origins"),
        help:
            "Origins whose pages may use the API besides the server's own, with commas: https://app.example.com; * for all (default: none)."
    )
    var allowedOrigins: String?

    @Option(name: .customLong("websocket-echo"), help: .hidden)
    var webSocketEcho: String?

    @Option(name: .customLong("metrics-port"), help: "A port of its own that serves /metrics (default: none).")
    var metricsPort: Int?

    @Option(
        name: .customLong("metrics-host"),
        help: "The address of that port (default: 127.0.0.1). Another one demands the metrics token there, too.")
    var metricsHost: String?

    @Option(
        name: .customLong("metrics-token"),
        help: "Who sends this bearer token may read /metrics on the main port, and on others (default: nobody).")
    var metricsToken: String?

    @Option(name: .customLong("event-retention-days"), help: "How long events are kept (default: 7).")
    var eventRetentionDays: Int?

    @Option(
        name: .customLong("deletion-grace-days"),
        help: "How long a deleted account can come back by logging in (default: 14; 0 erases at once).")
    var deletionGraceDays: Int?

    @Option(name: .customLong("export-days"), help: "How long an account's archive can be loaded (default: 7).")
    var exportDays: Int?

    @Option(
        name: .customLong("home-timelines-max"), help: "Home timelines kept in memory, 7 KB each (default: 50000).")
    var homeTimelinesMax: Int?

    @Option(
        name: .customLong("relations-max"),
        help: "Readers whose follows, blocks and mutes are kept in memory (default: 50000).")
    var relationsMax: Int?

    @Option(name: .customLong("post-cache-mib"), help: "Memory for encoded posts, in MiB (default: 256).")
    var postCacheMiB: Int?

    @Option(
        name: .customLong("fast-path"),
        help: "on or off (default: on): answer the hottest reads before they are parsed in full.")
    var fastPath: String?

    @Option(
        name: .customLong("tls-cert"),
        help: "A PEM file of a certificate and those above it: serve HTTPS, with HTTP/2 (default: plain HTTP).")
    var tlsCert: String?

    @Option(name: .customLong("tls-key"), help: "A PEM file of the certificate's private key, without a passphrase.")
    var tlsKey: String?

    @Option(help: "gzip for clients that ask: off, on (all but what the fast path answers) or all (default: on).")
    var compression: String?

    @Option(name: .customLong("connections-max"), help: "Connections served at once (default: 10000).")
    var connectionsMax: Int?

    @Option(
        name: .customLong("request-head-seconds"), help: "How long a client may take to send a head (default: 10).")
    var requestHeadSeconds: Int?

    @Option(
        name: .customLong("request-body-seconds"),
        help: "How long a client may take to send a body, or to take an answer (default: 30).")
    var requestBodySeconds: Int?

    @Option(
        name: .customLong("idle-seconds"),
        help: "How long a connection may stay without a request (default: 60).")
    var idleSeconds: Int?

    @Option(
        name: .customLong("shutdown-seconds"), help: "How long a shutdown may take to finish requests (default: 15).")
    var shutdownSeconds: Int?

    @Option(name: .customLong("access-token-minutes"), help: "How long an access token is valid (default: 15).")
    var accessTokenMinutes: Int?

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning or error (default: info).")
    var logLevel: String?

    @Option(name: .customLong("log-format"), help: "logfmt or json (default: logfmt).")
    var logFormat: String?
}
