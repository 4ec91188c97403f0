import Core

/// PostgreSQL: how many primaries the data and the writes take.
struct StoreTier {
    let shards: Int
    let need: Int
    let storedGB: Double
    let grownGBPerYear: Double
    let binding: String
    let role: Role
    let limits: [Limit]
    private let writes: [Limit]

    init(_ workload: Workload, _ load: Load, _ provision: Provision) {
        let grown = workload.dailyUsers * workload.postsPerUser * 365 * UnitCosts.postRow.value
        let standing =
            load.accounts * (workload.followersMean * UnitCosts.followRows.value + UnitCosts.accountRow.value)
            + load.eventsPeak / workload.peakFactor * Load.secondsPerDay * Self.retentionDays * UnitCosts.eventRow.value
        grownGBPerYear = grown / Bytes.gb
        storedGB = (standing + grown * workload.years) / Bytes.gb
        let needs = Self.needs(load, provision, storedGB: storedGB)
        let largest = needs.max { $0.0 < $1.0 } ?? (1, "nothing")
        binding = largest.1
        need = max(1, Sizing.whole(largest.0))
        shards = Sizing.shards(need, buckets: Snowflake.bucketCount) ?? need
        let perShard = storedGB / Double(shards) / provision.spaceUse
        role = Role(
            name: shards > 1 ? "PostgreSQL, \(shards) shards" : "PostgreSQL",
            count: shards * (1 + provision.shardStandbys),
            coresEach: provision.shardCores, gibEach: provision.shardGiB, diskGBEach: max(50, perShard),
            because: "\(binding); each with \(provision.shardStandbys) standbys")
        writes = Self.order(load)
        limits = writes + Self.buckets(need)
    }

    /// The events' default (`--event-retention-days`).
    private static let retentionDays = 7.0

    private static func needs(_ load: Load, _ provision: Provision, storedGB: Double) -> [(Double, String)] {
        let cpu =
            load.postsPeak * (UnitCosts.publishInStore.value + UnitCosts.pageFromStore.value)
            + load.storeReadsPeak * UnitCosts.pageFromStore.value
        let operations = load.postsPeak * UnitCosts.diskWrites.value + load.storeReadsPeak * UnitCosts.diskReads.value
        return [
            (storedGB / (provision.shardDiskGB * provision.spaceUse), "bytes: \(Figure.bytes(storedGB * Bytes.gb))"),
            (
                cpu / 1e6 / (provision.shardCores * provision.cpuUse),
                "processors: \(Figure.plain(cpu / 1e6)) cores at the peak"
            ),
            (
                operations / (provision.shardIOPS * provision.cpuUse),
                "disk operations: \(Figure.whole(operations))/s at the peak"
            ),
        ]
    }

    /// One order of commits: the log is appended to under one lock, by one commit after the other.
    private static func order(_ load: Load) -> [Limit] {
        [
            Limit(
                name: "one order of commits", used: load.eventsPeak,
                available: UnitCosts.commitsInOrder.value * UnitCosts.postsInCommit.value, unit: "events/s at the peak",
                remedy: "a log for each shard; see stage 5")
        ]
    }

    private static func buckets(_ need: Int) -> [Limit] {
        [
            Limit(
                name: "buckets for shards", used: Double(need), available: Double(Snowflake.bucketCount),
                unit: "shards",
                remedy: "larger shards: the number of buckets is in the ids")
        ]
    }

    var fitsOneServer: Bool { need == 1 && !writes.contains(where: \.isExceeded) }
}
