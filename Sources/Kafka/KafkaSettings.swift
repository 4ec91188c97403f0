import Core

/// How to reach the brokers: the small, checked set of options that this server offers.
package struct KafkaSettings: Sendable {
    package enum Security: String, Sendable, CaseIterable {
        case plaintext
        case tls = "ssl"
        case saslPlaintext = "sasl_plaintext"
        case saslTLS = "sasl_ssl"

        var usesSASL: Bool { self == .saslPlaintext || self == .saslTLS }
        var usesTLS: Bool { self == .tls || self == .saslTLS }
    }

    package struct SASL: Sendable {
        package enum Mechanism: String, Sendable, CaseIterable {
            case plain = "PLAIN"
            case scramSHA256 = "SCRAM-SHA-256"
            case scramSHA512 = "SCRAM-SHA-512"
        }

        package let mechanism: Mechanism
        package let username: String
        package let password: String

        package init(_ mechanism: Mechanism, username: String, password: String) {
            self.mechanism = mechanism
            self.username = username
            self.password = password
        }
    }

    package let brokers: [String]
    package let clientID: String
    package let security: Security
    package let sasl: SASL?
    package let caFile: String?
    /// How often lag, queue size and round trips become metrics.
    package var statisticsPeriod: Duration = .seconds(5)
    /// How long a member of a group may be silent before its partitions go to others. Brokers take no less than 6 s by
    /// default.
    package var memberSilenceMax: Duration = .seconds(10)
    /// How long a broker waits for records before it answers that there are none. It answers at once when there are; the
    /// mock brokers do not, and so are asked more often.
    package var fetchWaitMax: Duration = .milliseconds(500)

    /// - Parameters:
    ///   - brokers: `host:port` each; some of the cluster's, the rest is found through them.
    ///   - clientID: names this process in the brokers' logs and quotas.
    ///   - caFile: PEM certificates that vouch for the brokers; the system's by default.
    /// - Throws: `KafkaError` `.misconfigured` for options that do not go together.
    package init(
        brokers: [String], clientID: String = "starling", security: Security = .plaintext, sasl: SASL? = nil,
        caFile: String? = nil
    ) throws {
        guard !brokers.isEmpty, brokers.allSatisfy(Self.isAddress) else {
            throw KafkaError(.misconfigured, "the brokers must be a list of host:port")
        }
        guard security.usesSASL == (sasl != nil) else {
            throw KafkaError(.misconfigured, "a SASL user goes with sasl_plaintext or sasl_ssl, and only with these")
        }
        guard caFile == nil || security.usesTLS else {
            throw KafkaError(.misconfigured, "a CA file goes with ssl or sasl_ssl, and only with these")
        }
        self.brokers = brokers
        self.clientID = clientID
        self.security = security
        self.sasl = sasl
        self.caFile = caFile
    }

    private static func isAddress(_ broker: String) -> Bool {
        guard let colon = broker.lastIndex(of: ":"), colon > broker.startIndex else { return false }
        let port = UInt16(broker[broker.index(after: colon)...]) ?? 0
        return port > 0 && !broker.contains { $0 == "," || $0.isWhitespace || $0.isNewline }
    }

    /// What every client is configured with.
    var options: [(String, String)] {
        var options = [
            ("bootstrap.servers", brokers.joined(separator: ",")), ("client.id", clientID),
            ("security.protocol", security.rawValue),
            ("statistics.interval.ms", String(statisticsPeriod.milliseconds)),
            ("log.queue", "true"), ("socket.nagle.disable", "true"), ("socket.keepalive.enable", "true"),
            ("reconnect.backoff.max.ms", String(Limits.kafkaReconnectWaitMax.milliseconds)),
        ]
        if let caFile { options.append(("ssl.ca.location", caFile)) }
        if let sasl {
            options += [
                ("sasl.mechanism", sasl.mechanism.rawValue), ("sasl.username", sasl.username),
                ("sasl.password", sasl.password),
            ]
        }
        return options
    }
}
