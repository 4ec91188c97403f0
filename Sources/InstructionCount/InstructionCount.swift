import CValgrind
import Workloads

/// Runs the workloads whose cost is guarded, for callgrind to count; `scripts/guard` starts it and compares.
///
/// For each it prints a name and how many operations were counted under that name.
@main
struct InstructionCount {
    static func main() throws {
        try MainThread().run {
            try await count("feed_read", 400, FeedReads()) { _ = try $0.read($1) }
            try await count("feed_read_5000_followees", 400, FeedReads(followees: 5_000, viewers: 2)) {
                _ = try $0.read($1)
            }
            try await count("publish", 64, times: 8, Publishes()) { try await $0.publishInOneCommit($1) }
            try await count("delivery", 20_000, Deliveries(timelines: 2_000)) { try $0.deliver($1) }
        }
    }

    /// Runs the operations once without counting, then `times` with.
    private static func count<Workload: Sendable>(
        _ name: String, _ operations: Int, times: Int = 1, _ workload: Workload,
        _ run: @Sendable (Workload, Int) async throws -> Void
    ) async throws {
        try await run(workload, operations)
        callgrind_start()
        for _ in 0..<times { try await run(workload, operations) }
        callgrind_stop(name)
        print(name, operations * times)
    }
}
