import Core
import SQL
import Synchronization

/// The number that timelines in Redis are made under. Raising it makes all of them void, wherever they are.
package final class TimelineGeneration: CommitObserver, Sendable {
    package static let migration = Migration("0013-shared-timelines") { _ in
        [
            """
            CREATE TABLE timeline_generation (
                id SMALLINT PRIMARY KEY NOT NULL CHECK (id = 1), generation BIGINT NOT NULL)
            """,
            "INSERT INTO timeline_generation (id, generation) VALUES (1, 1)",
            """
            CREATE TABLE pulled_authors (
                author_id BIGINT PRIMARY KEY NOT NULL, is_pulled SMALLINT NOT NULL, unpushed_through BIGINT NOT NULL)
            """,
        ]
    }

    private let generation: Atomic<Int64>

    private init(_ generation: Int64) {
        self.generation = Atomic(generation)
    }

    /// Reads the generation and follows it from then on.
    package static func followed(in database: any Database) async throws -> TimelineGeneration {
        let generation = TimelineGeneration(0)
        database.observe(generation)
        let stored = try await database.read {
            try $0.integer("SELECT generation FROM timeline_generation WHERE id = 1")
        }
        generation.raise(to: stored)
        return generation
    }

    package var current: Int64 { generation.load(ordering: .acquiring) }

    package func committed(_ changes: [Change]) {
        for case .timelinesDropped(let generation) in changes { raise(to: generation) }
    }

    private func raise(to value: Int64) {
        generation.max(value, ordering: .acquiringAndReleasing)
    }

    /// Makes all timelines void, for every process.
    package static func raise(in database: any Database) async throws {
        try await database.write { store in
            let next = try store.integer("SELECT generation FROM timeline_generation WHERE id = 1") + 1
            try store.execute("UPDATE timeline_generation SET generation = $1 WHERE id = 1", [.integer(next)])
            store.announce(.timelinesDropped(generation: next))
        }
    }
}
