import Core

/// Processes of Starling itself.
struct ProcessTier {
    let api: Role
    let fanOut: Role
    let partitions: Int
    private let others: [Role]
    let limits: [Limit]
    /// Fan-out without Kafka.
    let oneWorker: Limit

    /// What is left of a process' processor once it has followed everybody's deliveries, in µs of CPU a second.
    private static func cpuEach(_ load: Load, _ provision: Provision) -> Double {
        provision.machineCores * provision.cpuUse * 1e6 - load.deliveriesPeak * UnitCosts.memoryDelivery.value
    }

    init(_ load: Load, _ provision: Provision, kafka: Bool) {
        let cpu =
            load.readsPeak * UnitCosts.feedRead.value + load.postsPeak * UnitCosts.publish.value
            + load.sessionsPeak * (UnitCosts.coldRead.value - UnitCosts.feedRead.value)
        let needs = [
            (cpu / max(1, Self.cpuEach(load, provision)), "processors: \(Figure.plain(cpu / 1e6)) cores at the peak"),
            (
                load.concurrentPeak / provision.readersPerProcess,
                "\(Figure.short(load.concurrentPeak)) readers at once, \(Figure.short(provision.readersPerProcess)) each"
            ),
        ]
        let largest = needs.max { $0.0 < $1.0 } ?? (1, "")
        let each = min(load.concurrentPeak, provision.readersPerProcess) * UnitCosts.warmTimeline.value
        api = Role(
            name: "api", count: Sizing.count(largest.0, each: 1, spare: true), coresEach: provision.machineCores,
            gibEach: ((each + UnitCosts.processBase.value) / Bytes.gib / provision.spaceUse).rounded(.up),
            because: largest.1 + ", and one more")
        let work = load.deliveriesPeak * UnitCosts.fanOut.value / 1e6
        let workers = kafka ? Sizing.count(work, each: provision.cpuUse, spare: true) : 2
        // Partitions outnumber workers, so that the rest share evenly what one leaves.
        partitions = max(12, workers * 4)
        fanOut = Role(
            name: "fanout", count: workers, coresEach: 1, gibEach: 4,
            because: kafka
                ? "processors: \(Figure.plain(work)) cores at the peak, and one more" : "one works, one waits")
        others =
            (kafka ? [Role(name: "relay", count: 2, coresEach: 1, gibEach: 2, because: "one works, one waits")] : [])
            + ["upkeep", "notifications"].map {
                Role(name: $0, count: 2, coresEach: 1, gibEach: 2, because: "one works, one waits")
            }
        let all = ([api, fanOut] + others).reduce(0) { $0 + $1.count }
        oneWorker = Limit(
            name: "one fan-out at a time without Kafka", used: work, available: provision.cpuUse,
            unit: "cores at the peak",
            remedy: "Kafka, whose partitions several work on")
        limits = [Self.nodes(all)] + (kafka ? [] : [oneWorker])
    }

    private static func nodes(_ count: Int) -> Limit {
        Limit(
            name: "node numbers, one for each running process", used: Double(count),
            available: Double(Snowflake.nodeCount), unit: "processes",
            remedy: "fewer, larger processes (--relations-max, --machine-cores); the 6 bits are in the ids")
    }

    var roles: [Role] { [api, fanOut] + others }
}
