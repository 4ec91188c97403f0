import Foundation
import Synchronization

/// Folders that are gone when the process ends: who holds a store open in one may outlive the workload.
enum TemporaryFolder {
    private static let made = Mutex<[URL]>([])

    static func make() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "starling-workload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let isFirst = made.withLock { made in
            made.append(url)
            return made.count == 1
        }
        if isFirst { atexit { TemporaryFolder.removeAll() } }
        return url
    }

    private static func removeAll() {
        for url in made.withLock({ $0 }) {
            do { try FileManager.default.removeItem(at: url) } catch {
                FileHandle.standardError.write(Data("left behind: \(url.path)\n".utf8))
            }
        }
    }
}
