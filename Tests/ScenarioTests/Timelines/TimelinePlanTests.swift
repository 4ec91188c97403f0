import Core
import Posts
import SQL
import Testing

@testable import Starling

/// Passes queries on, and keeps how the engine answers each.
private final class PlanningReader: SQLReader {
    private let base: any SQLReader
    private(set) var plans: [String] = []

    init(_ base: any SQLReader) {
        self.base = base
    }

    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T] {
        plans += try base.query("EXPLAIN QUERY PLAN " + sql, arguments) { $0.text(3) }
        return try base.query(sql, arguments, row: row)
    }

    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws {
        try base.forEach(sql, arguments, row: row)
    }
}

@Suite("Plans of timelines")
struct TimelinePlanTests {
    @Test("building timelines reads one index and no posts")
    func covering() async throws {
        let plans = try await LiveNode.run { live in
            try await live.node.database.read { store in
                let reader = PlanningReader(store)
                _ = try PostQueries.positions(of: ID(1), before: .highest, limit: 10, reader)
                _ = try PostQueries.positions(
                    ofAuthors: [1, 2], from: .lowest, before: .highest, limit: 10, dialect: .sqlite, reader)
                return reader.plans.filter { $0.contains("posts_by_author") }
            }
        }
        #expect(plans.count == 2)
        for plan in plans { #expect(plan.contains("USING COVERING INDEX posts_by_author (author_id=? AND position")) }
    }
}
