import Testing

@testable import Starling

@Suite("Input of starling plan")
struct CapacityInputTests {
    @Test(
        "numbers are read as people write them",
        arguments: [
            ("300M", 300e6), ("50k", 50e3), ("1.5M", 1.5e6), ("2K", 2e3), ("7", 7), ("2_000", 2_000), ("1B", 1e9),
        ])
    func numbers(text: String, value: Double) throws {
        #expect(try Figure.read(text) == value)
    }

    @Test(
        "what is no number is refused",
        arguments: ["", "M", "many", "1M5", "-3", "1e9", "0x10", "nan", "inf", ".", "٣k", "1..2"])
    func refusals(text: String) {
        #expect(throws: PlanError.self) { try Figure.read(text) }
    }

    @Test("a workload that cannot be is refused with the setting's name")
    func nonsense() {
        func refusal(_ change: (inout Workload, inout Provision) -> Void) -> String {
            var workload = Workload(dailyUsers: 1e6)
            var provision = Provision()
            change(&workload, &provision)
            do throws(PlanError) {
                _ = try CapacityPlan(workload, provision)
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(refusal { workload, _ in workload.dailyUsers = 0 } == "users is 0; it must be from 1 to 8B.")
        #expect(refusal { workload, _ in workload.dailyUsers = .nan }.hasPrefix("users is"))
        #expect(refusal { workload, _ in workload.dailyUsers = .infinity }.hasPrefix("users is"))
        #expect(refusal { workload, _ in workload.postsPerUser = -1 }.hasPrefix("posts-per-user"))
        #expect(refusal { workload, _ in workload.followersMedian = 200 }.hasPrefix("followers-mean"))
        #expect(refusal { workload, _ in workload.dailyShare = 0.1 }.hasPrefix("More people"))
        #expect(refusal { workload, _ in workload.sessionMinutes = 1_000 }.hasPrefix("Sessions of more"))
        #expect(refusal { _, provision in provision.cpuUse = 1.5 }.hasPrefix("cpu-use"))
        #expect(refusal { _, provision in provision.redisGiB = 0 }.hasPrefix("redis-gib"))
        #expect(refusal { _, _ in } == "accepted")
    }

    @Test("the extremes of what is accepted make a plan", arguments: [1, 8e9])
    func extremes(users: Double) throws {
        var workload = Workload(dailyUsers: users)
        workload.postsPerUser = 1_000
        workload.readsPerUser = 100_000
        workload.peakFactor = 100
        workload.years = 50
        let plan = try CapacityPlan(workload)
        #expect(plan.cost.total.isFinite)
        #expect(!plan.text().isEmpty)
        #expect(try plan.json().isEmpty == false)
    }

    @Test("nobody posts or reads: still one machine")
    func silence() throws {
        var workload = Workload(dailyUsers: 100)
        workload.postsPerUser = 0
        workload.readsPerUser = 0
        #expect(try CapacityPlan(workload).stage == .oneMachine)
    }

    @Test("followers below the threshold: all, none, or what the distribution says")
    func followers() {
        let spread = FollowerDistribution(mean: 100, median: 30)
        #expect(spread.mean(below: 1e12) > 99.99)
        #expect(spread.mean(below: 1) < 0.1)
        // Half of the mean is held by those above the median of the size-biased distribution, exp(μ + σ²) = 30 · (10/3)².
        #expect(abs(spread.mean(below: 30.0 * 100 / 9) - 50) < 1e-6)
        #expect(abs(spread.share(from: 30) - 0.5) < 1e-9)
        let same = FollowerDistribution(mean: 50, median: 50)
        #expect(same.mean(below: 51) == 50 && same.mean(below: 50) == 0)
    }

    @Test(
        "buckets are dealt out whole",
        arguments: [(1, 1), (3, 3), (188, 205), (512, 512), (513, 513), (600, 1_024), (1_024, 1_024)])
    func shards(need: Int, shards: Int) {
        #expect(Sizing.shards(need, buckets: 1_024) == shards)
    }

    @Test("more shards than buckets is told, not planned")
    func tooManyShards() {
        #expect(Sizing.shards(1_025, buckets: 1_024) == nil)
    }
}
