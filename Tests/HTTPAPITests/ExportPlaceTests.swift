import Accounts
import BlobStore
import Core
import Exports
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("Archives that lie with another process", .timeLimit(.minutes(10)))
struct ExportPlaceTests {
    /// Another process's service on the server's store, with a folder of its own.
    private func service(_ place: ArchivePlace, beside server: TestServer) throws -> ExportService {
        let folder = try TemporaryFolder().file("media")
        return ExportService(
            database: server.database, blobs: try FolderBlobStore(path: folder), place: place, clock: server.clock.wall)
    }

    @Test("where nobody could load an archive, none is asked for")
    func refused() async throws {
        try await TestServer.run { server in
            let alice = try #require(ID<Account>(try await server.register("alice").id))
            let apart = try service(.elsewhere, beside: server)
            await #expect(throws: ExportError.elsewhere) { _ = try await apart.ask(alice) }
            await #expect(throws: ExportError.notFound) { _ = try await apart.export(of: alice) }
            #expect(try await service(.own, beside: server).ask(alice).state == .waiting)
        }
    }

    @Test("an archive that another process has is no archive that is not there", arguments: ArchivePlace.allCases)
    func loaded(place: ArchivePlace) async throws {
        try await TestServer.run { server in
            let person = try await server.register("alice")
            let alice = try #require(ID<Account>(person.id))
            _ = try await server.services.exports?.ask(alice)
            let other = try service(place, beside: server)
            await #expect(throws: ExportError.notFound) { _ = try await other.archive(of: alice) }
            try await server.exportWork.makeDue()
            let expected = place == .shared ? ExportError.notFound : .elsewhere
            await #expect(throws: expected) { _ = try await other.archive(of: alice) }
        }
    }

    @Test("the answer is 503, with the reason")
    func answer() throws {
        let problem = try #require(ProblemMapping.problem(for: ExportError.elsewhere))
        #expect(problem.status == 503 && problem.headers[.retryAfter] != nil)
    }
}
