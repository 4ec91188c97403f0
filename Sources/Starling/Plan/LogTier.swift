/// Kafka, and what stands before the processes.
enum LogTier {
    /// Kept as long as the outbox keeps them.
    private static let retentionDays = 7.0
    private static let brokersMin = 3

    static func brokers(_ workload: Workload, _ load: Load, _ provision: Provision, partitions: Int) -> Role {
        let mean = load.eventsPeak / workload.peakFactor
        let copies = Double(provision.kafkaReplicas)
        let bytes = mean * Load.secondsPerDay * retentionDays * UnitCosts.eventRecord.value * copies
        let byDisk = Sizing.whole(bytes / Bytes.gb / (provision.kafkaDiskGB * provision.spaceUse))
        let byRate = Sizing.whole(load.eventsPeak * copies / (UnitCosts.brokerEvents.value * provision.cpuUse))
        let need = max(byDisk, byRate)
        return Role(
            name: "Kafka brokers", count: max(brokersMin, provision.kafkaReplicas, need + 1), coresEach: 4, gibEach: 16,
            diskGBEach: provision.kafkaDiskGB,
            because: need < brokersMin
                ? "the least that survives one; \(partitions) partitions a topic"
                : "\(Figure.whole(load.eventsPeak)) events/s, \(Figure.bytes(bytes)); \(partitions) partitions a topic")
    }

    static func edge(_ load: Load, _ provision: Provision) -> Role {
        let byConnections = load.concurrentPeak / UnitCosts.edgeConnections.value
        let byCPU = (load.readsPeak + load.postsPeak) * UnitCosts.edgeRequest.value / 1e6 / (4 * provision.cpuUse)
        return Role(
            name: "HAProxy", count: Sizing.count(max(byConnections, byCPU), each: 1, spare: true), coresEach: 4,
            gibEach: 8,
            because: byConnections > byCPU
                ? "\(Figure.short(load.concurrentPeak)) connections, and one more" : "requests, and one more")
    }
}
