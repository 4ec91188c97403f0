/// How the machines are and how full they may be at the peak.
struct Provision: Encodable, Equatable {
    enum Availability: String, CaseIterable, Encodable {
        /// One machine is enough if it can do the work; while it is down, so is the community.
        case single
        /// The loss of any one machine is survived (N + 1, and N + 1 ≥ 2).
        case redundant
    }

    enum TimelineEncoding: String, CaseIterable, Encodable {
        /// Redis as it comes: quick, large.
        case skiplist
        /// With `zset-max-listpack-entries 1024`: small, slower.
        case listpack
    }

    var availability = Availability.single
    /// Of processors, and of operations a second of disks.
    var cpuUse = 0.5
    /// Of memory and of disks.
    var spaceUse = 0.7
    /// The one machine, and each machine for processes of Starling.
    var machineCores = 8.0
    var machineGiB = 32.0
    var machineDiskGB = 2_000.0
    /// Readers at once that one process holds in memory; above the default only with a higher bound in the code.
    var readersPerProcess = UnitCosts.readersInMemory.value
    var redisGiB = 64.0
    var redisReplicas = 1
    var redisEncoding = TimelineEncoding.skiplist
    var shardCores = 16.0
    var shardGiB = 128.0
    var shardDiskGB = 4_000.0
    var shardIOPS = 16_000.0
    /// Besides the primary; one of them confirms each commit.
    var shardStandbys = 2
    var kafkaReplicas = 3
    var kafkaDiskGB = 1_000.0
    var networkGbps = 10.0

    /// - Throws: `PlanError` for what cannot be.
    func validate() throws(PlanError) {
        let inputs: [(String, Double, ClosedRange<Double>)] = [
            ("cpu-use", cpuUse, 0.05...0.95), ("space-use", spaceUse, 0.05...0.95),
            ("machine-cores", machineCores, 1...1_024), ("machine-gib", machineGiB, 1...32_768),
            ("machine-disk-gb", machineDiskGB, 1...1e6),
            ("readers-per-process", readersPerProcess, 1_000...1e8), ("redis-gib", redisGiB, 1...32_768),
            ("redis-replicas", Double(redisReplicas), 0...5), ("shard-cores", shardCores, 1...1_024),
            ("shard-gib", shardGiB, 1...32_768), ("shard-disk-gb", shardDiskGB, 1...1e6),
            ("shard-iops", shardIOPS, 100...1e7), ("shard-standbys", Double(shardStandbys), 0...5),
            ("kafka-replicas", Double(kafkaReplicas), 1...5), ("kafka-disk-gb", kafkaDiskGB, 1...1e6),
            ("network-gbps", networkGbps, 0.1...800),
        ]
        for (name, value, range) in inputs { try PlanError.check(name, value, in: range) }
    }
}

/// What things cost in a month, in one currency of yours. The defaults are round figures in the range of what large clouds
/// asked for on demand, set down in November 2026; they are nobody's offer. Give your own.
struct Prices: Encodable, Equatable {
    static let setDown = "November 2026"
    static let hoursPerMonth = 730.0

    var vCPUHour = 0.04
    var gibMonth = 3.0
    var diskGBMonth = 0.10
    var objectGBMonth = 0.023
    var egressGB = 0.05

    func validate() throws(PlanError) {
        let inputs = [
            ("price-vcpu-hour", vCPUHour), ("price-gib-month", gibMonth), ("price-disk-gb", diskGBMonth),
            ("price-object-gb", objectGBMonth), ("price-egress-gb", egressGB),
        ]
        for (name, value) in inputs { try PlanError.check(name, value, in: 0...1e6) }
    }
}
