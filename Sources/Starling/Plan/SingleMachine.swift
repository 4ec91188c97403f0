/// How full one machine with SQLite is.
struct SingleMachine {
    /// What binds one process, whatever engine it has.
    let processLimits: [Limit]
    /// What binds SQLite.
    let storeLimits: [Limit]

    init(_ workload: Workload, _ load: Load, _ provision: Provision) {
        processLimits = Self.processLimits(load, provision)
        let stored =
            workload.dailyUsers * workload.postsPerUser * 365 * workload.years * UnitCosts.postInSQLite.value
            + load.accounts * (workload.followersMean * UnitCosts.followInSQLite.value + UnitCosts.accountRow.value)
        storeLimits = [
            Limit(
                name: "commits of SQLite", used: load.postsPeak,
                available: UnitCosts.publishesOnOneMachine.value * provision.cpuUse, unit: "posts/s at the peak",
                remedy: "PostgreSQL"),
            Limit(
                name: "disk of the machine", used: stored / Bytes.gb,
                available: provision.machineDiskGB * provision.spaceUse,
                unit: "GB after \(Figure.years(workload.years))",
                remedy: "a larger disk, up to what you can restore in the time you have"),
        ]
    }

    private static func processLimits(_ load: Load, _ provision: Provision) -> [Limit] {
        // Each session's first read may build the timeline: after a restart, or where memory keeps only the latest readers'.
        let cpu =
            load.readsPeak * UnitCosts.feedRead.value + load.postsPeak * UnitCosts.publish.value
            + load.sessionsPeak * UnitCosts.rebuild.value
        let memory = load.concurrentPeak * UnitCosts.warmTimeline.value
        let room = provision.machineGiB * provision.spaceUse - UnitCosts.processBase.value / Bytes.gib
        return [
            Limit(
                name: "processors of the machine", used: cpu / 1e6,
                available: provision.machineCores * provision.cpuUse,
                unit: "cores at the peak", remedy: "a machine with more cores"),
            Limit(
                name: "memory of the machine", used: memory / Bytes.gib, available: room, unit: "GiB of timelines",
                remedy: "a machine with more memory"),
            Limit(
                name: "readers in memory of one process", used: load.concurrentPeak,
                available: provision.readersPerProcess, unit: "readers at once",
                remedy: "several processes, or --home-timelines-max and --relations-max"),
        ]
    }

    var limits: [Limit] { processLimits + storeLimits }
    var fitsOneProcess: Bool { !processLimits.contains(where: \.isExceeded) }
    var fits: Bool { !limits.contains(where: \.isExceeded) }

    /// How many times the users would fit, before anything is exceeded.
    var headroom: Double { 1 / max(1e-9, limits.map(\.share).max() ?? 1) }

    func role(_ provision: Provision) -> Role {
        Role(
            name: "starling, all roles, SQLite", count: 1, coresEach: provision.machineCores,
            gibEach: provision.machineGiB, diskGBEach: provision.machineDiskGB, because: "it fits one machine")
    }
}

enum Bytes {
    static let gib = 1_073_741_824.0
    static let gb = 1e9
}
