import Core
import Testing
import TestServers

@testable import Redis

/// A real server or cluster that the contract tests share; faults have their own.
struct Deployment: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let url: @Sendable () async throws -> String

    static let all = [single, secured, cluster]

    static let single = Deployment(testDescription: "one server") {
        try await Shared.single.value.url
    }

    static let secured = Deployment(testDescription: "TLS and a password") {
        try await Shared.secured.value.url
    }

    static let cluster = Deployment(testDescription: "a cluster") {
        try await Shared.cluster.value.url
    }

    /// Opens a client and closes it afterwards.
    func open(_ settings: RedisSettings = .patient, _ body: (Redis) async throws -> Void) async throws {
        var settings = settings
        settings.trustedCertificates = try await Shared.secured.value.certificate
        try await withRedis(try await url(), settings, body)
    }

    private enum Shared {
        static let single = Task { try await RedisServer() }
        static let cluster = Task { try await RedisCluster() }
        static let secured = Task {
            var options = RedisServer.Options()
            options.isTLS = true
            options.password = "s3cret"
            return try await RedisServer(options)
        }
    }
}

extension RedisSettings {
    /// For tests that are not about time: a busy machine does not fail them.
    static let patient = {
        var settings = RedisSettings()
        settings.deadline = .seconds(10)
        settings.connectTimeout = .seconds(10)
        settings.stallMax = .seconds(10)
        return settings
    }()
}

/// Opens a client and closes it afterwards.
func withRedis(_ url: String, _ settings: RedisSettings = .patient, _ body: (Redis) async throws -> Void) async throws {
    let redis = try await Redis.connect(url, settings: settings)
    do {
        try await body(redis)
    } catch {
        await redis.close()
        throw error
    }
    await redis.close()
}

/// A key that no other test uses.
func freshKey(_ name: String = "key") -> String { "\(name):\(UInt64.random(in: 0 ... .max))" }
