import Foundation
import Testing

@testable import Starling

@Suite("starling plan")
struct CapacityPlanTests {
    @Test("the load of 300 million daily users is what the design is for")
    func internetScale() throws {
        let load = Load(Workload(dailyUsers: 300e6))
        #expect(abs(load.readsMean - 35_000) < 1_000)
        #expect(abs(load.postsMean - 3_500) < 100)
        #expect(abs(load.deliveriesMean - 340_000) < 10_000)
    }

    @Test("a small example by hand")
    func byHand() throws {
        // A user a second: 86,400 a day, each with one post, ten reads, two sessions of five minutes, 50 followers.
        var workload = Workload(dailyUsers: 86_400)
        workload.followersMean = 50
        workload.followersMedian = 50
        workload.peakFactor = 2
        let load = Load(workload)
        #expect(load.readsMean == 10 && load.readsPeak == 20)
        #expect(load.postsMean == 1 && load.postsPeak == 2)
        #expect(load.deliveriesMean == 50 && load.deliveriesPeak == 100)
        #expect(load.sessionsPeak == 4)
        #expect(load.concurrentPeak == 4 * 300)
        #expect(load.monthlyUsers == 172_800 && load.accounts == 259_200)
        let plan = try CapacityPlan(workload)
        #expect(plan.grownGBPerYear == 86_400 * 365 * UnitCosts.postRow.value / 1e9)
        // 8 cores at 0.04 for 730 hours, 32 GiB at 3, 2,000 GB at 0.1; 10 pages of 8,100 bytes a second at 0.05 a GB.
        #expect(plan.stage == .oneMachine)
        #expect(abs(plan.cost.processors - 233.6) < 0.01)
        #expect(abs(plan.cost.memory - 96) < 0.01)
        #expect(abs(plan.cost.disks - 200) < 0.01)
        #expect(abs(plan.cost.egress - 10.6434) < 0.001)
        #expect(abs(plan.cost.total - 540.2434) < 0.01)
    }

    @Test(
        "communities of every size get a stage that suits them",
        arguments: [
            (1e3, Stage.oneMachine), (50e3, .oneMachine), (1e6, .oneMachine), (50e6, .shards), (300e6, .shards),
            (500e6, .shards),
        ])
    func stages(users: Double, stage: Stage) throws {
        #expect(try CapacityPlan(Workload(dailyUsers: users)).stage == stage)
    }

    @Test("every stage is the answer for some community")
    func everyStage() throws {
        var large = Provision()
        large.shardDiskGB = 1e6
        large.shardCores = 1_024
        large.shardIOPS = 1e7
        #expect(try CapacityPlan(Workload(dailyUsers: 20e6), large).stage == .redis)
        #expect(try CapacityPlan(Workload(dailyUsers: 500e6), large).stage == .kafka)
        var old = Workload(dailyUsers: 2e6)
        old.years = 5
        #expect(try CapacityPlan(old, large).stage == .postgreSQL)
    }

    @Test("whoever wants to survive the loss of a machine gets at least two of each process")
    func redundancy() throws {
        var provision = Provision()
        provision.availability = .redundant
        let plan = try CapacityPlan(Workload(dailyUsers: 1e3), provision)
        #expect(plan.stage == .redis)
        #expect(plan.roles.allSatisfy { $0.count >= 2 })
        #expect(plan.roles.contains { $0.name == "notifications" })
    }

    @Test("more users never need less of anything, nor cost less, once on the same stage")
    func monotone() throws {
        var provision = Provision()
        provision.availability = .redundant
        var last: CapacityPlan?
        for step in 0..<60 {
            let plan = try CapacityPlan(Workload(dailyUsers: 1_000 * pow(1.25, Double(step))), provision)
            if let last {
                #expect(last.stage <= plan.stage)
                #expect(last.cost.total <= plan.cost.total * 1.000_001)
                for role in last.roles {
                    let kind = role.name.prefix(5)
                    let now = plan.roles.filter { $0.name.hasPrefix(kind) }.reduce(0) { $0 + $1.count }
                    #expect(role.count <= now, "\(role.name) at \(plan.workload.dailyUsers)")
                }
            }
            last = plan
        }
    }

    @Test("fuller machines are fewer, and a higher peak needs more")
    func directions() throws {
        let users = Workload(dailyUsers: 50e6)
        var full = Provision()
        full.cpuUse = 0.9
        full.spaceUse = 0.9
        let usual = try CapacityPlan(users).cost.total
        #expect(try CapacityPlan(users, full).cost.total < usual)
        var peaky = users
        peaky.peakFactor = 10
        #expect(try CapacityPlan(peaky).cost.total > usual)
    }

    @Test("timelines in listpacks take less memory and more processor")
    func encodings() throws {
        let load = Load(Workload(dailyUsers: 100e6))
        var compact = Provision()
        compact.redisEncoding = .listpack
        let plain = RedisTier(load, Provision(), processes: 10)
        let small = RedisTier(load, compact, processes: 10)
        #expect(small.byMemory < plain.byMemory)
        #expect(small.byCPU > plain.byCPU)
        #expect(plain.masters >= max(plain.byMemory, plain.byCPU))
    }

    @Test("the limit of 64 node numbers is told where it is passed")
    func nodeNumbers() throws {
        let small = ProcessTier(Load(Workload(dailyUsers: 50e6)), Provision(), kafka: true)
        #expect(small.limits.allSatisfy { !$0.isExceeded })
        let large = try CapacityPlan(Workload(dailyUsers: 500e6))
        #expect(large.exceeded.contains { $0.name.hasPrefix("node numbers") && $0.available == 64 })
        #expect(large.text().contains("DOES NOT WORK AS PLANNED: node numbers"))
    }

    @Test("the fullest limit comes first, and JSON carries all of it")
    func json() throws {
        let plan = try CapacityPlan(Workload(dailyUsers: 300e6))
        #expect(plan.limits.map(\.share) == plan.limits.map(\.share).sorted(by: >))
        let read = try JSONSerialization.jsonObject(with: Data(plan.json().utf8)) as? [String: Any]
        #expect((read?["roles"] as? [Any])?.count == plan.roles.count)
        #expect((read?["unit_costs"] as? [Any])?.count == UnitCosts.all.count)
        #expect(read?["stage"] as? Int == 5)
    }

    @Test("every unit cost is above zero and says where it comes from")
    func unitCosts() {
        for cost in UnitCosts.all {
            #expect(cost.value > 0, "\(cost.name)")
            #expect(!cost.source.isEmpty, "\(cost.name)")
        }
        #expect(Set(UnitCosts.all.map(\.name)).count == UnitCosts.all.count)
    }
}
