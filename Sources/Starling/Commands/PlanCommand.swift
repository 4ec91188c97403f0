import ArgumentParser

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Count what machines a community of a given size takes, what they cost, and what runs out first.",
        discussion: """
            It needs no server and no store. Numbers may be written 50000, 50k, 1.5M or 300M.

              starling plan --users 50k
              starling plan --users 300M --redis-encoding listpack --json

            docs/scaling.md explains the stages and where the unit costs come from.
            """)

    @Option(help: "People who come on a day.") var users: PlanFigure
    @OptionGroup(title: "What they do") var behaviour: PlanBehaviour
    @OptionGroup(title: "The machines") var machines: PlanMachines
    @OptionGroup(title: "Your prices for a month, in any one currency") var prices: PlanPrices
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "List the unit costs and their sources, too.") var costs = false

    func run() async throws {
        try await CommandFailure.explained {
            let plan = try CapacityPlan(behaviour.workload(users.value), machines.provision(), prices.prices)
            if json { return print(try plan.json()) }
            print(plan.text())
            if costs { print("\n" + Self.costTable) }
        }
    }

    private static var costTable: String {
        let rows = UnitCosts.all.map { [$0.name, Figure.plain($0.value), $0.unit, $0.basis.rawValue, $0.source] }
        return CapacityPlan.table(["unit cost", "value", "", "basis", "source"], rows).joined(separator: "\n")
    }
}

/// A number as people write it.
struct PlanFigure: ExpressibleByArgument {
    let value: Double

    init?(argument: String) {
        guard let value = try? Figure.read(argument) else { return nil }
        self.value = value
    }

    init(_ value: Double) {
        self.value = value
    }

    var defaultValueDescription: String { Figure.short(value) }
}

extension Provision.Availability: ExpressibleByArgument {}
extension Provision.TimelineEncoding: ExpressibleByArgument {}

struct PlanBehaviour: ParsableArguments {
    @Option(name: .customLong("posts-per-user"), help: "Posts of a daily user on a day.") var posts = 1.0
    @Option(name: .customLong("reads-per-user"), help: "Feed pages of a daily user on a day.") var reads = 10.0
    @Option(name: .customLong("follows-per-user")) var follows = 0.1
    @Option(name: .customLong("sessions-per-user")) var sessions = 2.0
    @Option(name: .customLong("session-minutes")) var sessionMinutes = 5.0
    @Option(name: .customLong("followers-mean")) var followersMean = PlanFigure(100)
    @Option(name: .customLong("followers-median")) var followersMedian = PlanFigure(30)
    @Option(name: .customLong("pull-threshold")) var pullThreshold = PlanFigure(10_000)
    @Option(name: .customLong("daily-share"), help: "Those of a month's users who come on a day.") var dailyShare = 0.5
    @Option(name: .customLong("accounts-per-user"), help: "Accounts for each daily user.") var accounts = 3.0
    @Option(help: "The peak, in averages.") var peak = 2.5
    @Option(name: .customLong("cold-pages"), help: "Pages with a post that is not in a process' memory.")
    var coldPages = 0.3
    @Option(name: .customLong("media-share"), help: "Posts with a picture.") var mediaShare = 0.0
    @Option(name: .customLong("media-kilobytes")) var mediaKilobytes = 400.0
    @Option(help: "Years of posts that are stored.") var years = 1.0

    func workload(_ users: Double) -> Workload {
        var workload = Workload(dailyUsers: users)
        workload.postsPerUser = posts
        workload.readsPerUser = reads
        workload.followsPerUser = follows
        workload.sessionsPerUser = sessions
        workload.sessionMinutes = sessionMinutes
        workload.followersMean = followersMean.value
        workload.followersMedian = followersMedian.value
        workload.pullThreshold = pullThreshold.value
        workload.dailyShare = dailyShare
        workload.accountsPerDailyUser = accounts
        workload.peakFactor = peak
        workload.coldPageShare = coldPages
        workload.mediaShare = mediaShare
        workload.mediaKilobytes = mediaKilobytes
        workload.years = years
        return workload
    }
}

struct PlanMachines: ParsableArguments {
    @Option(help: "single (one machine if it can) or redundant (the loss of any one is survived).")
    var availability = Provision.Availability.single
    @Option(name: .customLong("cpu-use"), help: "How full processors may be at the peak.") var cpuUse = 0.5
    @Option(name: .customLong("space-use"), help: "How full memory and disks may be.") var spaceUse = 0.7
    @Option(name: .customLong("machine-cores")) var cores = 8.0
    @Option(name: .customLong("machine-gib")) var gib = 32.0
    @Option(name: .customLong("machine-disk-gb")) var diskGB = 2_000.0
    @Option(
        name: .customLong("readers-per-process"),
        help: "Readers at once in the memory of a process: give --relations-max and --home-timelines-max the same.")
    var readersPerProcess = PlanFigure(Provision().readersPerProcess)
    @Option(name: .customLong("redis-gib"), help: "Memory of a Redis node.") var redisGiB = 64.0
    @Option(name: .customLong("redis-replicas"), help: "Of each master.") var redisReplicas = 1
    @Option(name: .customLong("redis-encoding"), help: "skiplist, or listpack (zset-max-listpack-entries 1024).")
    var redisEncoding = Provision.TimelineEncoding.skiplist
    @Option(name: .customLong("shard-cores"), help: "Cores of a PostgreSQL server.") var shardCores = 16.0
    @Option(name: .customLong("shard-gib")) var shardGiB = 128.0
    @Option(name: .customLong("shard-disk-gb")) var shardDiskGB = 4_000.0
    @Option(name: .customLong("shard-iops")) var shardIOPS = 16_000.0
    @Option(name: .customLong("shard-standbys")) var shardStandbys = 2
    @Option(name: .customLong("kafka-replicas")) var kafkaReplicas = 3
    @Option(name: .customLong("kafka-disk-gb")) var kafkaDiskGB = 1_000.0
    @Option(name: .customLong("network-gbps"), help: "Of one machine.") var networkGbps = 10.0

    func provision() -> Provision {
        var provision = Provision()
        provision.availability = availability
        provision.cpuUse = cpuUse
        provision.spaceUse = spaceUse
        provision.machineCores = cores
        provision.machineGiB = gib
        provision.machineDiskGB = diskGB
        provision.readersPerProcess = readersPerProcess.value
        provision.redisGiB = redisGiB
        provision.redisReplicas = redisReplicas
        provision.redisEncoding = redisEncoding
        provision.shardCores = shardCores
        provision.shardGiB = shardGiB
        provision.shardDiskGB = shardDiskGB
        provision.shardIOPS = shardIOPS
        provision.shardStandbys = shardStandbys
        provision.kafkaReplicas = kafkaReplicas
        provision.kafkaDiskGB = kafkaDiskGB
        provision.networkGbps = networkGbps
        return provision
    }
}

struct PlanPrices: ParsableArguments {
    @Option(name: .customLong("price-vcpu-hour")) var vCPUHour = Prices().vCPUHour
    @Option(name: .customLong("price-gib-month"), help: "Memory.") var gibMonth = Prices().gibMonth
    @Option(name: .customLong("price-disk-gb")) var diskGBMonth = Prices().diskGBMonth
    @Option(name: .customLong("price-object-gb"), help: "S3.") var objectGBMonth = Prices().objectGBMonth
    @Option(name: .customLong("price-egress-gb"), help: "Network to clients.") var egressGB = Prices().egressGB

    var prices: Prices {
        Prices(
            vCPUHour: vCPUHour, gibMonth: gibMonth, diskGBMonth: diskGBMonth, objectGBMonth: objectGBMonth,
            egressGB: egressGB)
    }
}
