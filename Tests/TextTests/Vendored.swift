import Foundation

/// What `Tests/Vendored` holds.
enum Vendored {
    static func data(_ file: String) throws -> Data {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appending(path: "Vendored/\(file)"))
    }

    static func naughtyStrings() throws -> [String] {
        try JSONDecoder().decode([String].self, from: data("naughty-strings/blns.json"))
    }
}
