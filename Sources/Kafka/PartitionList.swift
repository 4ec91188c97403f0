import CRdKafka

/// A list of partitions, some with an offset, as the library takes it. It lives for one call.
enum PartitionList {
    typealias Pointer = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    static func with<T>(_ partitions: some Collection<KafkaPartition>, _ body: (Pointer) throws -> T) throws -> T {
        guard let list = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count)) else {
            throw KafkaError(.retriable, "out of memory")
        }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for partition in partitions { rd_kafka_topic_partition_list_add(list, partition.topic, partition.number) }
        return try body(list)
    }

    static func with<T>(_ offsets: [KafkaPartition: Int64], _ body: (Pointer) throws -> T) throws -> T {
        try with(offsets.keys) { list in
            for (partition, offset) in offsets {
                rd_kafka_topic_partition_list_set_offset(list, partition.topic, partition.number, offset)
            }
            return try body(list)
        }
    }

    static func offsets(_ list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [KafkaPartition: Int64] {
        var found: [KafkaPartition: Int64] = [:]
        for index in 0..<Int(list.pointee.cnt) {
            let element = list.pointee.elems[index]
            guard let topic = element.topic else { continue }
            found[KafkaPartition(topic: String(cString: topic), number: element.partition)] = element.offset
        }
        return found
    }

    /// - Throws: the error of the first partition that has one.
    static func checkEach(_ list: Pointer) throws {
        for index in 0..<Int(list.pointee.cnt) { try list.pointee.elems[index].err.check() }
    }
}
