import Core
import HTTPAPI
import KeyValue
import Logging
import NIOCore
import SocialGraph
import Telemetry
import Timelines

/// Everything a server can be told, checked.
struct ServerSettings: Sendable {
    var host = "127.0.0.1"
    var port = 8080
    var dataDirectory = "starling-data"
    var roles = RoleName.all
    var engines = EngineSettings()
    /// A command of an operator's, beside the servers that use the store.
    var isCommand = false
    var rateLimits = RateLimits()
    var pullThreshold = 10_000
    var trustedProxies = TrustedProxies()
    var allowedOrigins = AllowedOrigins.own
    var offersWebSocketEcho = false
    var metricsPort: Int?
    var metricsHost = "127.0.0.1"
    var metricsToken: String?
    var eventRetention: Duration = .seconds(7 * 86_400)
    var deletionGrace: Duration = .seconds(14 * 86_400)
    /// How long an archive can be loaded.
    var exportLifetime: Duration = .seconds(7 * 86_400)
    /// How often accounts are looked for whose grace period is over.
    var erasurePause: Duration { min(.seconds(60), max(.seconds(1), deletionGrace)) }
    var homeTimelinesMax = 50_000
    var relationsMax = Limits.relationsViewersMax
    var timelineBounds = TimelineBounds()
    var postCacheBytes = 256 << 20
    var fastPath = true
    /// Nil serves plain HTTP.
    var certificate: ServerCertificate?
    var compression = Compression.on
    var connectionsMax = 10_000
    var deadlines = ConnectionGuard.Deadlines()
    var shutdownLimit: Duration = .seconds(15)
    var accessTokenLifetime: Duration = .seconds(15 * 60)
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.logfmt

    init() {}

    /// - Throws: `SettingsError`.
    init(_ options: ServerOptions, environment: [String: String]) async throws {
        let reader = try await SettingsReader(flags: options.values, environment: environment, file: options.config)
        host = try reader.text(.host, default: host)
        port = try reader.number(.port, default: port, in: 0...65_535)
        dataDirectory = try reader.text(.dataDir, default: dataDirectory)
        engines = try EngineSettings(reader)
        roles = try RoleName.set(try reader.optionalText(.roles), engines: engines)
        pullThreshold = try reader.number(.pullThreshold, default: pullThreshold, in: 1...1_000_000_000)
        metricsPort = try reader.optionalNumber(.metricsPort, in: 0...65_535)
        metricsHost = try reader.text(.metricsHost, default: metricsHost)
        metricsToken = try reader.optionalText(.metricsToken)
        eventRetention = .seconds(86_400 * (try reader.number(.eventRetentionDays, default: 7, in: 1...3_650)))
        deletionGrace = .seconds(86_400 * (try reader.number(.deletionGraceDays, default: 14, in: 0...365)))
        exportLifetime = .seconds(86_400 * (try reader.number(.exportDays, default: 7, in: 1...365)))
        homeTimelinesMax = try reader.number(.homeTimelinesMax, default: homeTimelinesMax, in: 64...100_000_000)
        relationsMax = try reader.number(.relationsMax, default: relationsMax, in: 64...100_000_000)
        postCacheBytes = try reader.number(.postCacheMiB, default: 256, in: 1...1_048_576) << 20
        connectionsMax = try reader.number(.connectionsMax, default: connectionsMax, in: 1...1_000_000)
        deadlines = try Self.deadlines(reader)
        fastPath = try Self.flag(reader, .fastPath, default: true)
        certificate = try Self.certificate(reader)
        compression = try Self.choice(reader, .compression, Compression.on, Compression.init(rawValue:))
        shutdownLimit = .seconds(try reader.number(.shutdownSeconds, default: 15, in: 0...3_600))
        accessTokenLifetime = .seconds(60 * (try reader.number(.accessTokenMinutes, default: 15, in: 1...1_440)))
        trustedProxies = try Self.proxies(try reader.text(.trustedProxies, default: ""))
        allowedOrigins = try Self.origins(try reader.text(.allowedOrigins, default: ""))
        offersWebSocketEcho = try Self.flag(reader, .webSocketEcho, default: false)
        logLevel = try Self.choice(reader, .logLevel, Logger.Level.info, Logger.Level.init(rawValue:))
        logFormat = try Self.choice(reader, .logFormat, LogFormat.logfmt, LogFormat.init(rawValue:))
        rateLimits = try Self.rateLimits(reader)
        if let metricsToken, metricsToken.utf8.count < 16 {
            throw SettingsError("metrics-token must have at least 16 characters, so that it cannot be guessed.")
        }
        if metricsPort != nil, !isMetricsLocal, metricsToken == nil {
            throw SettingsError(
                "metrics-host lets others read /metrics; give --metrics-token, which they have to send.")
        }
    }

    /// Whether nobody but this machine can ask for metrics at their own port.
    var isMetricsLocal: Bool { ["127.0.0.1", "::1", "localhost"].contains(metricsHost) }

    private static func deadlines(_ reader: SettingsReader) throws -> ConnectionGuard.Deadlines {
        func seconds(_ setting: Setting, default fallback: Int) throws -> TimeAmount {
            .seconds(Int64(try reader.number(setting, default: fallback, in: 1...3_600)))
        }
        let body = try seconds(.requestBodySeconds, default: 30)
        return ConnectionGuard.Deadlines(
            head: try seconds(.requestHeadSeconds, default: 10), body: body, answer: body,
            idle: try seconds(.idleSeconds, default: 60))
    }

    private static func rateLimits(_ reader: SettingsReader) throws -> RateLimits {
        var limits = RateLimits()
        limits.isEnabled = try flag(reader, .rateLimits, default: true)
        let range = 1...1_000_000_000
        func rule(_ setting: Setting, _ rule: RateLimitRule) throws -> RateLimitRule {
            let limit = try reader.number(setting, default: rule.limit, in: range)
            return RateLimitRule(name: rule.name, limit: limit, window: rule.window)
        }
        limits.userReads = try rule(.rateLimitReads, limits.userReads)
        limits.userWrites = try rule(.rateLimitWrites, limits.userWrites)
        limits.address = try rule(.rateLimitAddress, limits.address)
        limits.credentials = try rule(.rateLimitCredentials, limits.credentials)
        return limits
    }

    private static func flag(_ reader: SettingsReader, _ setting: Setting, default fallback: Bool) throws -> Bool {
        switch try reader.optionalText(setting) {
        case nil: fallback
        case "on": true
        case "off": false
        default: throw SettingsError("\(setting.rawValue) must be on or off.")
        }
    }

    private static func certificate(_ reader: SettingsReader) throws -> ServerCertificate? {
        switch (try reader.optionalText(.tlsCert), try reader.optionalText(.tlsKey)) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            do { return try ServerCertificate(certificate: certificate, key: key) } catch {
                throw SettingsError("tls-cert and tls-key: \(error.description)")
            }
        default: throw SettingsError("tls-cert and tls-key need each other: give both, or neither for plain HTTP.")
        }
    }

    private static func proxies(_ text: String) throws -> TrustedProxies {
        do {
            return try TrustedProxies(text.split(separator: ",").map { $0.filter { $0 != " " } })
        } catch {
            throw SettingsError("trusted-proxies: \(error.text) is neither an address nor a network like 10.0.0.0/8.")
        }
    }

    private static func origins(_ text: String) throws -> AllowedOrigins {
        do throws(AllowedOrigins.Malformed) {
            return try AllowedOrigins(text.split(separator: ",").map { $0.filter { $0 != " " } })
        } catch {
            throw SettingsError("allowed-origins: \(error.text) is no origin like https://app.example.com.")
        }
    }

    private static func choice<Value>(
        _ reader: SettingsReader, _ setting: Setting, _ fallback: Value, _ make: (String) -> Value?
    ) throws -> Value {
        guard let text = try reader.optionalText(setting) else { return fallback }
        guard let value = make(text) else {
            throw SettingsError("\(setting.rawValue) cannot be \(text); see starling serve --help.")
        }
        return value
    }
}
