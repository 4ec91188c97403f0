import Foundation
import Synchronization

/// A folder for one test, gone when the tests end: a store in it may outlive the last mention of its folder.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// The path is short, because a data directory holds a Unix socket, whose path has a bound of about 100 bytes.
    package init() throws {
        let name = "starling-" + UUID().uuidString.prefix(8).lowercased()
        let url = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
        Self.removeAtExit(path)
    }

    private static let leftovers = Mutex<[String]>([])

    private static func removeAtExit(_ path: String) {
        let isFirst = leftovers.withLock { paths in
            paths.append(path)
            return paths.count == 1
        }
        guard isFirst else { return }
        atexit {
            for path in TemporaryFolder.leftovers.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
        }
    }

    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file of text.
    /// - Returns: its path.
    package func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    package func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }
}
