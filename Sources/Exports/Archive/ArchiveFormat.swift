import Core
import Foundation

/// The layout of an archive: a tar file under gzip with `manifest.json` first, then of each section the files
/// `NAME/000001.json` and on, each an array of items.
package enum ArchiveFormat {
    package static let contentType = "application/gzip"
    static let version = 1
    static let manifest = "manifest.json"

    package struct Manifest: Codable, Sendable {
        let format: String
        let version: Int
        package let user: ExportedID
        package let username: String
        let createdAt: ExportedTime
        let sections: [String]

        package init(user: ExportedID, username: String, createdAt: ExportedTime) {
            format = "starling-archive"
            version = ArchiveFormat.version
            self.user = user
            self.username = username
            self.createdAt = createdAt
            sections = ExportSections.all.map(\.name)
        }
    }

    static func file(_ section: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(section)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).json"
    }

    /// - Returns: the section of a file's name; nil for what is no such name.
    static func section(of name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasSuffix(".json"), (6...9).contains(parts[1].count - 5),
            parts[1].dropLast(5).allSatisfy(\.isNumber), ExportSections.named(String(parts[0])) != nil
        else { return nil }
        return String(parts[0])
    }
}

extension Limits {
    /// A file of an archive is closed once it has so many bytes.
    static let archiveFileBytes = 1 << 20
    /// A file that is read may have so many, and the whole archive, both before compression.
    package static let archiveFileBytesMax = 64 << 20
    package static let archiveBytesMax: Int64 = 16 << 30
    package static let archiveItemsMax: Int64 = 50_000_000
    package static let archiveItemBytesMax = 4 << 20
}
