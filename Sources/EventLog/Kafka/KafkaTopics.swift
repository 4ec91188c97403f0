import Core
import Kafka
import Logging

/// The log's topics on Kafka, and where they are.
package struct KafkaTopics: Sendable {
    package let settings: KafkaSettings
    private let partitions: Int
    private let replicas: Int
    private let retention: Duration

    /// Those that no event goes to yet, but features to come will use.
    private static let reserved = ["feed-updates"]

    package static var names: [String] { Set(Topic.allCases.map(\.name)).union(reserved).sorted() }

    /// - Parameters:
    ///   - partitions: of each topic that is created. Those of an existing topic may only be added to while nothing of it
    ///     is unread: a key's partition changes with their number.
    ///   - replicas: -1 for the brokers' default.
    ///   - retention: how long records are kept; as long as the outbox keeps its events.
    package init(
        settings: KafkaSettings, partitions: Int = 12, replicas: Int = -1, retention: Duration = .seconds(7 * 86_400)
    ) {
        self.settings = settings
        self.partitions = partitions
        self.replicas = replicas
        self.retention = retention
    }

    /// Creates the topics that are missing.
    /// - Returns: the number of partitions of each.
    func ensure(logger: Logger) async throws -> [String: Int] {
        let topics = Self.names.map {
            KafkaTopic($0, partitions: partitions, replicas: replicas, retention: retention)
        }
        return try await KafkaAdmin(settings, logger: logger).ensure(topics)
    }
}
