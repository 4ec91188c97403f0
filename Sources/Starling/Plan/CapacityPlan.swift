/// What it takes to serve a workload: machines, what they hold, what they cost, and what runs out first.
struct CapacityPlan {
    let workload: Workload
    let provision: Provision
    let prices: Prices
    let load: Load
    let stage: Stage
    let roles: [Role]
    /// The fullest first.
    let limits: [Limit]
    /// Why the stage before would not do; nil for the first.
    let reason: Limit?
    let storedGB: Double
    let grownGBPerYear: Double
    let cost: MonthlyCost
    /// How many times the users one machine would hold; nil beyond it.
    let headroom: Double?

    /// - Throws: `PlanError` for input that makes no sense.
    init(_ workload: Workload, _ provision: Provision = Provision(), _ prices: Prices = Prices()) throws(PlanError) {
        try workload.validate()
        try provision.validate()
        try prices.validate()
        let load = Load(workload)
        let choice = Choice(workload, load, provision)
        self.workload = workload
        self.provision = provision
        self.prices = prices
        self.load = load
        stage = choice.stage
        roles = choice.roles
        limits = choice.limits.sorted { $0.share > $1.share }
        reason = choice.reason
        storedGB = choice.storedGB
        grownGBPerYear = choice.grownGBPerYear
        headroom = choice.headroom
        cost = MonthlyCost(choice.roles, workload, load, prices)
    }

    /// What keeps the plan from working as it stands.
    var exceeded: [Limit] { limits.filter(\.isExceeded) }
}

/// The first stage that holds the load.
private struct Choice {
    let stage: Stage
    let roles: [Role]
    let limits: [Limit]
    let reason: Limit?
    let storedGB: Double
    let grownGBPerYear: Double
    var headroom: Double?

    init(_ workload: Workload, _ load: Load, _ provision: Provision) {
        let machine = SingleMachine(workload, load, provision)
        let store = StoreTier(workload, load, provision)
        storedGB = store.storedGB
        grownGBPerYear = store.grownGBPerYear
        if provision.availability == .single, machine.fits {
            (stage, roles, limits, reason) = (.oneMachine, [machine.role(provision)], machine.limits, nil)
            headroom = machine.headroom
            return
        }
        let fullest = machine.limits.max { $0.share < $1.share }
        if provision.availability == .single, machine.fitsOneProcess, store.fitsOneServer {
            let process = Role(
                name: "starling, all roles", count: 1, coresEach: provision.machineCores, gibEach: provision.machineGiB,
                because: "one process holds all timelines")
            (stage, roles, limits, reason) = (
                .postgreSQL, [process, store.role], machine.processLimits + store.limits, fullest
            )
            return
        }
        let few = ProcessTier(load, provision, kafka: false)
        let isFew = store.fitsOneServer && !few.oneWorker.isExceeded
        let processes = isFew ? few : ProcessTier(load, provision, kafka: true)
        let redis = RedisTier(load, provision, processes: processes.api.count)
        let log = isFew ? [] : [LogTier.brokers(workload, load, provision, partitions: processes.partitions)]
        stage = isFew ? .redis : store.fitsOneServer ? .kafka : .shards
        roles = [LogTier.edge(load, provision)] + processes.roles + [redis.role, store.role] + log
        limits = processes.limits + redis.limits + store.limits
        reason = Self.reason(for: stage, fullest, few: few, store: store)
    }

    private static func reason(for stage: Stage, _ fullest: Limit?, few: ProcessTier, store: StoreTier) -> Limit? {
        switch stage {
        case .kafka: few.oneWorker
        case .shards:
            Limit(
                name: "one PostgreSQL server (\(store.binding))", used: Double(store.need), available: 1,
                unit: "servers",
                remedy: "shards")
        default: fullest
        }
    }
}

/// In one month.
struct MonthlyCost: Encodable, Equatable {
    let processors: Double
    let memory: Double
    let disks: Double
    let objects: Double
    let egress: Double
    let total: Double
    let objectGBPerYear: Double
    let egressMbps: Double

    init(_ roles: [Role], _ workload: Workload, _ load: Load, _ prices: Prices) {
        let daysPerMonth = Prices.hoursPerMonth / 24
        let media = workload.dailyUsers * workload.postsPerUser * workload.mediaShare * workload.mediaKilobytes * 1e3
        objectGBPerYear = media * 365 / Bytes.gb
        egressMbps = load.readsPeak * UnitCosts.pageBytes.value * 8 / 1e6
        processors = roles.reduce(0) { $0 + $1.cores } * prices.vCPUHour * Prices.hoursPerMonth
        memory = roles.reduce(0) { $0 + $1.gib } * prices.gibMonth
        disks = roles.reduce(0) { $0 + $1.diskGB } * prices.diskGBMonth
        objects = objectGBPerYear * workload.years * prices.objectGBMonth
        egress =
            load.readsMean * UnitCosts.pageBytes.value * Load.secondsPerDay * daysPerMonth / Bytes.gb * prices.egressGB
        total = processors + memory + disks + objects + egress
    }
}
