import Foundation

/// The program under test: built beside the tests, or named by `STARLING_BINARY`.
enum StarlingBinary {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// - Throws: so that a test without its program fails.
    static func path() throws -> String {
        let named = ProcessInfo.processInfo.environment["STARLING_BINARY"]
        let besideTests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let path = named ?? besideTests.appending(path: "starling").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Missing(description: "There is no program at \(path). Build it: swift build --product starling")
        }
        return path
    }
}
