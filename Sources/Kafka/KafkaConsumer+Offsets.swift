import CRdKafka
import Core
import Synchronization

extension KafkaConsumer {
    /// Stores how far the group has come, and returns once the brokers have it.
    /// - Parameter offsets: by partition, the offset of the record to read next.
    /// - Throws: `KafkaError`, such as when the partition is no longer this consumer's.
    package func commit(_ offsets: [KafkaPartition: Int64]) async throws {
        guard !offsets.isEmpty else { return }
        try await calls.waiting { [client] in
            guard let answers = rd_kafka_queue_new(client.handle) else { throw KafkaError(.closed, "no queue") }
            // An answer that comes after this is dropped with the queue.
            defer { rd_kafka_queue_destroy(answers) }
            try PartitionList.with(offsets) {
                try rd_kafka_commit_queue(client.handle, $0, answers, nil, nil).check()
            }
            guard let event = rd_kafka_queue_poll(answers, Limits.kafkaRequestSecondsMax.milliseconds) else {
                throw KafkaError(.timedOut, "no broker has taken the offsets")
            }
            defer { rd_kafka_event_destroy(event) }
            try rd_kafka_event_error(event).check()
        }
    }

    /// The same without waiting: it may come to nothing, and the records are read again then.
    package func commitSoon(_ offsets: [KafkaPartition: Int64]) throws {
        guard !offsets.isEmpty else { return }
        try PartitionList.with(offsets) { try rd_kafka_commit(client.handle, $0, 1).check() }
    }

    /// Reads no further in these partitions until they are resumed. What was fetched of them is fetched again then.
    package func pause(_ partitions: [KafkaPartition]) throws {
        try PartitionList.with(partitions) { list in
            try rd_kafka_pause_partitions(client.handle, list).check()
            try PartitionList.checkEach(list)
        }
        state.withLock { $0.paused.formUnion(partitions) }
    }

    package func resume(_ partitions: [KafkaPartition]) throws {
        try PartitionList.with(partitions) { list in
            try rd_kafka_resume_partitions(client.handle, list).check()
            try PartitionList.checkEach(list)
        }
        state.withLock { $0.paused.subtract(partitions) }
    }

    /// Goes on reading at these offsets.
    package func seek(_ offsets: [KafkaPartition: Int64]) async throws {
        try await polls.waiting { [client] in
            try PartitionList.with(offsets) { list in
                try KafkaClient.check(
                    rd_kafka_seek_partitions(client.handle, list, Limits.kafkaRequestSecondsMax.milliseconds))
                try PartitionList.checkEach(list)
            }
        }
    }

    /// The offset to be read next, for partitions of which something was read.
    package func positions(_ partitions: [KafkaPartition]) throws -> [KafkaPartition: Int64] {
        try PartitionList.with(partitions) { list in
            try rd_kafka_position(client.handle, list).check()
            return PartitionList.offsets(list).filter { $0.value >= 0 }
        }
    }

    /// What the brokers hold of a partition, as far as this consumer has heard: the first offset, and the one to come.
    package func bounds(of partition: KafkaPartition) -> Range<Int64>? {
        var low: Int64 = 0
        var high: Int64 = 0
        let error = rd_kafka_get_watermark_offsets(client.handle, partition.topic, partition.number, &low, &high)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return max(0, min(low, high))..<high
    }

    package func assignment() throws -> [KafkaPartition] {
        var pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try rd_kafka_assignment(client.handle, &pointer).check()
        guard let pointer else { return [] }
        defer { rd_kafka_topic_partition_list_destroy(pointer) }
        return PartitionList.offsets(pointer).keys.sorted()
    }
}
