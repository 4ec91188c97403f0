import CRdKafka
import Core
import Dispatch
import Logging
import Metrics

/// A topic as it should be.
package struct KafkaTopic: Sendable {
    package let name: String
    package let partitions: Int
    /// -1 for the brokers' default.
    package let replicas: Int
    package let retention: Duration

    package init(_ name: String, partitions: Int, replicas: Int = -1, retention: Duration) {
        self.name = name
        self.partitions = partitions
        self.replicas = replicas
        self.retention = retention
    }
}

/// Looks at topics and creates them.
package final class KafkaAdmin: Sendable {
    private let client: KafkaClient
    private let calls = DispatchQueue(label: "starling.kafka.admin")
    private let pump: EventPump

    package init(
        _ settings: KafkaSettings, logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        client = try KafkaClient(.producer, settings.options, events: 0)
        let reports = ClientReports(client: "admin", group: nil, logger: logger, metrics: metrics)
        pump = EventPump(client, label: "starling.kafka.admin.events") { _ = reports.take($0) }
    }

    deinit { pump.stop() }

    /// The topics that exist, with the number of their partitions.
    /// - Throws: `KafkaError` `.timedOut` or `.retriable` where no broker answers.
    package func topics(within limit: Duration = Limits.kafkaRequestSecondsMax) async throws -> [String: Int] {
        try await calls.waiting { [client] in
            var metadata: UnsafePointer<rd_kafka_metadata>?
            try rd_kafka_metadata(client.handle, 1, nil, &metadata, limit.milliseconds).check()
            guard let metadata else { return [:] }
            defer { rd_kafka_metadata_destroy(metadata) }
            var found: [String: Int] = [:]
            for index in 0..<Int(metadata.pointee.topic_cnt) {
                let topic = metadata.pointee.topics[index]
                guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, let name = topic.topic else { continue }
                found[String(cString: name)] = Int(topic.partition_cnt)
            }
            return found
        }
    }

    /// Creates those topics that are missing; those that exist stay as they are.
    /// - Returns: the number of partitions each of them has.
    package func ensure(
        _ topics: [KafkaTopic], within limit: Duration = Limits.kafkaRequestSecondsMax
    ) async throws -> [String: Int] {
        let existing = try await self.topics(within: limit)
        let missing = topics.filter { existing[$0.name] == nil }
        if !missing.isEmpty { try await create(missing, within: limit) }
        return Dictionary(topics.map { ($0.name, existing[$0.name] ?? $0.partitions) }) { first, _ in first }
    }

    private func create(_ topics: [KafkaTopic], within limit: Duration) async throws {
        try await calls.waiting { [client] in
            var requests: [OpaquePointer?] = []
            defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
            for topic in topics { requests.append(try Self.request(topic)) }
            let options = rd_kafka_AdminOptions_new(client.handle, RD_KAFKA_ADMIN_OP_CREATETOPICS)
            defer { rd_kafka_AdminOptions_destroy(options) }
            try rd_kafka_AdminOptions_set_request_timeout(options, limit.milliseconds, nil, 0).check()
            guard let answers = rd_kafka_queue_new(client.handle) else { throw KafkaError(.closed, "no queue") }
            defer { rd_kafka_queue_destroy(answers) }
            rd_kafka_CreateTopics(client.handle, &requests, requests.count, options, answers)
            guard let event = rd_kafka_queue_poll(answers, limit.milliseconds) else {
                throw KafkaError(.timedOut, "no broker has created the topics")
            }
            defer { rd_kafka_event_destroy(event) }
            try Self.check(event)
        }
    }

    private static func request(_ topic: KafkaTopic) throws -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 256)
        guard
            let request = rd_kafka_NewTopic_new(
                topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicas), &reason, reason.count)
        else { throw KafkaError(.misconfigured, "\(topic.name) cannot have \(topic.partitions) partitions") }
        let milliseconds = topic.retention.components.seconds.multipliedReportingOverflow(by: 1_000).partialValue
        rd_kafka_NewTopic_set_config(request, "retention.ms", String(milliseconds))
        return request
    }

    private static func check(_ event: OpaquePointer) throws {
        let error = rd_kafka_event_error(event)
        if error != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(error, rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        var count = 0
        let topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        for index in 0..<count {
            let topic = topics?[index]
            let error = rd_kafka_topic_result_error(topic)
            // Another process was quicker.
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR, error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { continue }
            throw KafkaError(error, rd_kafka_topic_result_error_string(topic).map { String(cString: $0) })
        }
    }
}
