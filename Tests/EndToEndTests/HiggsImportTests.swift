import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The trace of SNAP's Higgs data set, where it is there: its first 30,000 lines are in every run, the whole by hand
    /// (docs/performance.md).
    @Suite(.serialized) struct HiggsImportTests {}
}

extension EndToEnd.HiggsImportTests {
    private static let trace = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "../shared/data/graph/higgs-activity_time.txt.gz")
        .standardizedFileURL.path

    @Test(
        "a real trace becomes reposts, mentions and comments",
        .enabled(if: FileManager.default.fileExists(atPath: trace)))
    func real() async throws {
        let folder = try TemporaryFolder()
        let lines = try await Tool.run("sh", ["-c", "gzip -dc '\(Self.trace)' | head -n 30000"]).output
        let data = folder.file("data")
        let file = try folder.file("activity.txt", lines)
        let outcome = try await Starling.succeed(["import", "--activity", file, "--data-dir", data])
        #expect(outcome.output.contains(" reposts ("))
        #expect(outcome.output.contains(" of the posts are comments."))
        try await Starling.expectSound(data)
    }
}
