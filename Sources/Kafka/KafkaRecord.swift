/// One record to publish.
package struct KafkaRecord: Sendable {
    package let topic: String
    /// Records of one key keep their order: they share a partition, by murmur2 of the key, as Kafka's own clients do.
    package let key: [UInt8]
    package let value: [UInt8]
    /// Nil for the key's.
    package let partition: Int32?

    package init(topic: String, key: [UInt8], value: [UInt8], partition: Int32? = nil) {
        self.partition = partition
        self.topic = topic
        self.key = key
        self.value = value
    }
}

/// One ordered part of a topic.
package struct KafkaPartition: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let topic: String
    package let number: Int32

    package init(topic: String, number: Int32) {
        self.topic = topic
        self.number = number
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.topic, lhs.number) < (rhs.topic, rhs.number)
    }

    package var description: String { "\(topic)/\(number)" }
}

/// One record that was read.
package struct ConsumedRecord: Sendable {
    package let partition: KafkaPartition
    /// Its place in the partition.
    package let offset: Int64
    package let key: [UInt8]
    package let value: [UInt8]
}
