import Foundation

@testable import Starling

/// A folder of files for one test.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "starling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func file(_ name: String, _ text: String) throws -> String {
        try file(name, Data(text.utf8))
    }

    func file(_ name: String, _ bytes: Data) throws -> String {
        try bytes.write(to: url.appending(path: name))
        return path(name)
    }

    /// What `gzip` makes of lines.
    func compressed(_ lines: [String]) throws -> Data {
        let path = path("\(UUID().uuidString).gz")
        try SeededGraph.write(lines, to: path)
        return try Data(contentsOf: URL(filePath: path))
    }
}
