import SQL
import TestServers
import TestSupport
import Testing

/// What goes between Starling and PostgreSQL is encrypted where the URL says so.
@Suite(.timeLimit(.minutes(5))) struct SecurityTests {
    private static let isEncrypted = "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

    private static func settings(_ server: PostgreSQLServer, options: String) throws -> PostgreSQLSettings {
        let url = try server.newDatabase()
        return PostgreSQLSettings(url: url.replacing("sslmode=disable", with: options))
    }

    @Test("a server whose certificate is known is talked to by TLS")
    func encrypted() async throws {
        let server = try PostgreSQLServer.secured()
        let certificate = try #require(server.certificate)
        let options = "sslmode=verify-full&sslrootcert=\(certificate)"
        let database = try await Server.open(try Self.settings(server, options: options))
        #expect(try await database.read { try $0.integer(Self.isEncrypted) } == 1)
        #expect(try await database.write { try $0.integer(Self.isEncrypted) } == 1)
        try await database.close()
    }

    @Test("one whose certificate is another's, or that speaks no TLS, is not talked to")
    func refused() async throws {
        let server = try PostgreSQLServer.secured()
        let other = try #require(try PostgreSQLServer.secured().certificate)
        let stranger = try Self.settings(server, options: "sslmode=verify-full&sslrootcert=\(other)")
        await #expect(throws: SQLError.self) { try await Server.open(stranger) }
        let plain = try Self.settings(try .shared(), options: "sslmode=require")
        await #expect(throws: SQLError.self) { try await Server.open(plain) }
    }
}
