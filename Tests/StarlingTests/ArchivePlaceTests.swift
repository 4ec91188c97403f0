import Exports
import Testing

@testable import Starling

@Suite("Where archives lie")
struct ArchivePlaceTests {
    @Test("only a bucket, or a single process, has them in everybody's reach")
    func place() {
        var settings = ServerSettings()
        #expect(Node.archivePlace(settings) == .shared)
        settings.engines.databaseURL = "postgres://store/starling"
        #expect(Node.archivePlace(settings) == .own)
        settings.roles = [.api]
        #expect(Node.archivePlace(settings) == .elsewhere)
        settings.engines.mediaURL = "s3://archives"
        #expect(Node.archivePlace(settings) == .shared)
    }
}
