import Kafka
import SQL

/// How far each group has come in each partition, in offsets of the outbox, stored with its effects.
package enum ConsumerWatermarks {
    package static let migration = Migration("0015-consumer-watermarks") { _ in
        [
            """
            CREATE TABLE consumer_watermarks (
                consumer_group TEXT NOT NULL, topic TEXT NOT NULL, partition_number INTEGER NOT NULL,
                event_offset BIGINT NOT NULL, PRIMARY KEY (consumer_group, topic, partition_number))
            """
        ]
    }

    /// Makes the group known in these partitions. One that read the outbox itself until now goes on where it left off.
    static func begin(group: String, partitions: [KafkaPartition], in store: any SQLWriter) throws {
        for partition in partitions {
            try store.execute(
                """
                INSERT INTO consumer_watermarks (consumer_group, topic, partition_number, event_offset) VALUES ($1, $2, $3,
                    coalesce((SELECT event_offset FROM consumer_offsets WHERE consumer_group = $1), 0))
                ON CONFLICT (consumer_group, topic, partition_number) DO NOTHING
                """, [.text(group), .text(partition.topic), .integer(Int64(partition.number))])
        }
        // Retention would wait for it for ever.
        try store.execute("DELETE FROM consumer_offsets WHERE consumer_group = $1", [.text(group)])
    }

    static func current(
        group: String, partitions: [KafkaPartition], in store: any SQLReader
    ) throws -> [KafkaPartition: Int64] {
        var found: [KafkaPartition: Int64] = [:]
        try store.forEach(
            "SELECT topic, partition_number, event_offset FROM consumer_watermarks WHERE consumer_group = $1",
            [.text(group)]
        ) { row in
            let partition = KafkaPartition(topic: row.text(0), number: Int32(clamping: row.int64(1)))
            found[partition] = row.int64(2)
            return true
        }
        return found.filter { partitions.contains($0.key) }
    }

    /// Everything of the group's topics up to this offset has had its effect; 0 for a group that is not known.
    static func processed(group: String, in store: any SQLReader) throws -> Int64 {
        try store.integer(
            "SELECT min(event_offset) FROM consumer_watermarks WHERE consumer_group = $1", [.text(group)])
    }

    /// Moves the group from where this process believes it to be.
    /// - Throws: `WorkTaken` where another process has moved it, so that what comes with it is undone.
    static func move(
        _ group: String, in partition: KafkaPartition, from old: Int64, to new: Int64, in store: any SQLWriter
    ) throws {
        let moved = try store.execute(
            """
            UPDATE consumer_watermarks SET event_offset = $5
            WHERE consumer_group = $1 AND topic = $2 AND partition_number = $3 AND event_offset = $4
            """,
            [
                .text(group), .text(partition.topic), .integer(Int64(partition.number)), .integer(old), .integer(new),
            ])
        guard moved == 1 else { throw WorkTaken() }
    }
}
