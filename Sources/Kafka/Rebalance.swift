import CRdKafka

/// A change of a consumer's partitions, as the group decided it.
enum Rebalance {
    case assign([KafkaPartition: Int64])
    case revoke([KafkaPartition])
    /// The group's protocol failed; the consumer joins again.
    case reset

    /// Nil for another kind of event.
    init?(_ event: OpaquePointer) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE else { return nil }
        let partitions = rd_kafka_event_topic_partition_list(event).map { PartitionList.offsets($0) } ?? [:]
        switch rd_kafka_event_error(event) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: self = .assign(partitions)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: self = .revoke(Array(partitions.keys))
        default: self = .reset
        }
    }
}

/// Records taken from fetch events, copied out of the library's memory.
struct RecordGathering {
    private(set) var byPartition: [KafkaPartition: [ConsumedRecord]] = [:]
    private(set) var count = 0
    private(set) var bytes = 0

    var isEmpty: Bool { count == 0 }

    mutating func take(_ event: OpaquePointer) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH else { return }
        while let message = rd_kafka_event_message_next(event)?.pointee {
            guard message.err == RD_KAFKA_RESP_ERR_NO_ERROR, let topic = rd_kafka_topic_name(message.rkt) else {
                continue
            }
            let partition = KafkaPartition(topic: String(cString: topic), number: message.partition)
            let record = ConsumedRecord(
                partition: partition, offset: message.offset, key: Self.bytes(message.key, message.key_len),
                value: Self.bytes(message.payload, message.len))
            byPartition[partition, default: []].append(record)
            count += 1
            bytes += record.key.count + record.value.count
        }
    }

    private static func bytes(_ start: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}
