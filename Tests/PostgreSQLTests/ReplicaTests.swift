import SQL
import TestServers
import TestSupport
import Testing

/// Reads of what may be seconds old.
@Suite(.timeLimit(.minutes(5))) struct ReplicaTests {
    private static let isReplica = "SELECT pg_is_in_recovery()::int"

    @Test("a replica answers what may be stale and nothing else, and the primary answers while it is gone")
    func replica() async throws {
        let primary = try PostgreSQLServer()
        var settings = try Server.settings(primary)
        let standby = try primary.newStandby()
        let name = try #require(settings.url.split(separator: "/").last)
        settings.replicaURL = "postgres://starling@127.0.0.1:\(standby.port)/\(name)"
        let database = try await Server.open(settings)
        let answers = {
            try await database.readStale { try $0.integer(Self.isReplica) }
        }
        #expect(try await answers() == 1)
        #expect(try await database.read { try $0.integer(Self.isReplica) } == 0)
        standby.kill()
        #expect(try await answers() == 0)
        try standby.start()
        #expect(try await eventually { try await answers() == 1 })
        try await database.close()
    }
}
