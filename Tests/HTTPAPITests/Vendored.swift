import Foundation
import Testing

/// The hostile inputs in `Tests/Vendored`.
enum Vendored {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vendored")

    static func naughtyStrings() throws -> [String] {
        let file = folder.appending(path: "naughty-strings/blns.json")
        return try JSONDecoder().decode([String].self, from: Data(contentsOf: file))
    }

    /// Everything in the URL cases that a browser is given as a URL or a part of one.
    static func urls() throws -> [String] {
        var found: [String] = []
        for name in ["urltestdata.json", "setters_tests.json"] {
            let file = folder.appending(path: "url/\(name)")
            let text = try String(contentsOf: file, encoding: .utf8)
            // The cases hold lone surrogates, which no JSON decoder here takes: they become U+FFFD.
            let whole = text.replacing(/\\u[dD][89a-fA-F][0-9a-fA-F]{2}/, with: "\\ufffd")
            collect(try JSONSerialization.jsonObject(with: Data(whole.utf8)), into: &found)
        }
        return Array(Set(found)).sorted()
    }

    /// Compact, flattened and general JOSE objects and keys, by file name.
    static func joseVectors() throws -> [(name: String, text: String)] {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "jose"), includingPropertiesForKeys: nil)
        return try files.filter { $0.lastPathComponent.hasPrefix("rfc") }.map {
            ($0.lastPathComponent, String(decoding: try Data(contentsOf: $0), as: UTF8.self))
        }.sorted { $0.0 < $1.0 }
    }

    private static func collect(_ value: Any, into found: inout [String]) {
        switch value {
        case let text as String: found.append(text)
        case let list as [Any]: for one in list { collect(one, into: &found) }
        case let members as [String: Any]: for one in members.values { collect(one, into: &found) }
        default: break
        }
    }
}

extension String {
    /// As a segment of a path or a value in a query.
    var percentEncoded: String {
        utf8.map { byte in
            let isPlain =
                byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
