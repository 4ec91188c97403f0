import Foundation
import Testing

/// The server against a plain model of its rules, on seeded random schedules.
///
/// `SCENARIO_SEED` and `SCENARIO_OPERATIONS` choose one schedule instead of the usual ones.
@Suite("Oracle")
struct OracleTests {
    static var plans: [Rehearsal.Plan] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["SCENARIO_SEED"].flatMap(Int.init) {
            let operations = environment["SCENARIO_OPERATIONS"].flatMap(Int.init) ?? 20_000
            return [Rehearsal.Plan(seed: seed, operations: operations)]
        }
        // A commit on a server takes longer than one on SQLite.
        let operations = Composition.current == .embedded ? 20_000 : 3_000
        return [
            Rehearsal.Plan(seed: 1, operations: operations),
            // Timelines that share a part evict one another; nearly everyone is pulled.
            Rehearsal.Plan(seed: 2, operations: 2_000, pullThreshold: 4, homeTimelinesMax: 64),
            // The usual bounds, and nobody is pulled.
            Rehearsal.Plan(
                seed: 3, operations: 2_000, pullThreshold: 1_000, homeEntriesMax: 800, userEntriesMax: 800,
                backfillEntriesMax: 800),
        ]
    }

    @Test("every feed is what the rules say", arguments: plans)
    func feedsEqualTheModel(plan: Rehearsal.Plan) async throws {
        var rehearsal = try await Rehearsal(plan)
        do {
            let crossings = try await rehearsal.run()
            #expect(crossings.warmPages > 100, "the fast path answers")
            if plan.operations >= 20_000 {
                #expect(crossings.places > 0, "deleted comments keep their place")
                #expect(crossings.up > 0 && crossings.down > 0, "the pull threshold is crossed both ways")
            }
        } catch let failure as Failure {
            Issue.record("\(failure)")
        }
    }
}
