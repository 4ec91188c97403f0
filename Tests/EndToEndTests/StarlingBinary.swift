import Foundation
import TestSupport

/// The program under test: built beside the tests, or named by `STARLING_BINARY`.
enum StarlingBinary {
    struct Missing: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "There is no program at \(path). Build it with `swift build --product starling`, or name another one by "
                + "STARLING_BINARY."
        }
    }

    /// - Throws: `Missing`, so that a test without its program fails.
    static func url() throws -> URL {
        let named = ProcessInfo.processInfo.environment["STARLING_BINARY"]
        let besideTests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "starling")
        let url = named.map { URL(fileURLWithPath: $0) } ?? besideTests
        guard FileManager.default.isExecutableFile(atPath: url.path) else { throw Missing(path: url.path) }
        return url
    }
}
