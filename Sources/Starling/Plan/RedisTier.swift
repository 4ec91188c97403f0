import Core

/// Redis: masters for the memory or for the processor, whichever are more.
struct RedisTier {
    let masters: Int
    let byMemory: Int
    let byCPU: Int
    let timelinesGB: Double
    let role: Role
    let limits: [Limit]

    init(_ load: Load, _ provision: Provision, processes: Int) {
        let isList = provision.redisEncoding == .listpack
        let size = isList ? UnitCosts.timelineInListpack : UnitCosts.timeline
        let delivery = isList ? UnitCosts.deliveryInListpack : UnitCosts.delivery
        let bytes = load.monthlyUsers * size.value
        // At worst each request is reported alone: a subject's charges of 100 ms go together.
        let cpu =
            load.deliveriesPeak * delivery.value + load.sessionsPeak * UnitCosts.timelineRead.value
            + (load.readsPeak + load.eventsPeak) * UnitCosts.limitReport.value
        timelinesGB = bytes / Bytes.gb
        byMemory = max(1, Sizing.whole(bytes / (provision.redisGiB * Bytes.gib * provision.spaceUse)))
        // A server runs commands on one core.
        byCPU = max(1, Sizing.whole(cpu / 1e6 / provision.cpuUse))
        let need = max(byMemory, byCPU)
        // A cluster has three masters at least: fewer cannot agree that one has failed.
        let clustered = need > 1 ? max(3, need) : 1
        masters = Sizing.shards(clustered, buckets: Snowflake.bucketCount) ?? clustered
        role = Role(
            name: masters > 1 ? "Redis Cluster, \(masters) masters" : "Redis",
            count: masters * (1 + provision.redisReplicas),
            coresEach: 2, gibEach: provision.redisGiB,
            because: byMemory >= byCPU
                ? "memory: \(Figure.bytes(bytes)) of timelines (\(provision.redisEncoding.rawValue))"
                : "processors: \(Figure.plain(cpu / 1e6)) cores at the peak")
        limits = Self.limits(load, provision, masters: masters, need: clustered, processes: processes)
    }

    private static func limits(
        _ load: Load, _ provision: Provision, masters: Int, need: Int, processes: Int
    ) -> [Limit] {
        let told = load.deliveriesPeak * UnitCosts.updateBytes.value * 8 / 1e9
        let bus = Limit(
            name: "updates of timelines, sent to every node of the cluster", used: told * Double(masters - 1),
            available: provision.networkGbps * provision.cpuUse, unit: "Gbit/s from one node",
            remedy: "sharded pub/sub: channels by bucket, which the server does not have yet")
        let followers = Limit(
            name: "updates of timelines, told to every api process",
            used: load.deliveriesPeak * Double(processes) * UnitCosts.update.value / 1e6, available: provision.cpuUse,
            unit: "cores of one Redis node",
            remedy: "fewer, larger api processes; then sharded pub/sub")
        let buckets = Limit(
            name: "buckets for Redis masters", used: Double(need), available: Double(Snowflake.bucketCount),
            unit: "masters", remedy: "larger nodes, --redis-encoding listpack: the number of buckets is in the ids")
        return masters > 1 ? [bus, followers, buckets] : [followers, buckets]
    }
}
