import Core
import Foundation

/// Reads an archive from front to back, with no more of it in memory than one file. It is anybody's: nothing of it is taken
/// on trust, and nothing is written to a path that it names.
package struct ArchiveReader {
    private let source: GzipExpander
    private var buffer: [UInt8] = []
    private var total: Int64 = 0
    package let manifest: ArchiveFormat.Manifest

    /// Reads the manifest.
    /// - Throws: `ArchiveError` for what is no archive, and whatever the source throws.
    package init(_ source: GzipExpander) throws {
        self.source = source
        var (buffer, total): ([UInt8], Int64) = ([], 0)
        guard let file = try Self.nextFile(source, &buffer, &total), file.name == ArchiveFormat.manifest,
            let manifest = try? ExportCoding.decode(ArchiveFormat.Manifest.self, Data(file.content)),
            manifest.format == "starling-archive"
        else { throw ArchiveError("it is no archive of an account") }
        guard manifest.version == ArchiveFormat.version else {
            throw ArchiveError("it is of version \(manifest.version); this program knows \(ArchiveFormat.version)")
        }
        self.manifest = manifest
        (self.buffer, self.total) = (buffer, total)
    }

    /// The items of the next file, canonical; nil at the end.
    package mutating func next() throws -> [ArchivedItem]? {
        guard let file = try Self.nextFile(source, &buffer, &total) else { return nil }
        guard let name = ArchiveFormat.section(of: file.name), let section = ExportSections.named(name) else {
            throw ArchiveError("it has a file that no archive has")
        }
        return try section.items(in: Data(file.content))
    }

    private static func nextFile(
        _ source: GzipExpander, _ buffer: inout [UInt8], _ total: inout Int64
    ) throws -> (name: String, content: [UInt8])? {
        let header = try take(TarEntry.blockBytes, source, &buffer, &total)
        guard header.contains(where: { $0 != 0 }) else { return nil }
        let entry = try TarEntry.read(header)
        let content = try take(entry.length, source, &buffer, &total)
        let rest = entry.length % TarEntry.blockBytes
        if rest > 0 { _ = try take(TarEntry.blockBytes - rest, source, &buffer, &total) }
        return (entry.name, content)
    }

    private static func take(
        _ count: Int, _ source: GzipExpander, _ buffer: inout [UInt8], _ total: inout Int64
    ) throws -> [UInt8] {
        while buffer.count < count {
            let bytes = try source.next()
            guard !bytes.isEmpty else { throw ArchiveError("it ends too early") }
            total += Int64(bytes.count)
            guard total <= Limits.archiveBytesMax else { throw ArchiveError("it is too large") }
            buffer += bytes
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }
}

/// One item of an archive.
package struct ArchivedItem: Codable, Hashable, Sendable {
    package let section: String
    /// In its canonical form.
    package let json: String
}

extension ExportSection {
    fileprivate func items(in json: Data) throws -> [ArchivedItem] {
        let items: [Item]
        do { items = try ExportCoding.decode([Item].self, json) } catch is DecodingError {
            throw ArchiveError("a file of \(name) is not as it must be")
        }
        return try items.map { item in
            let json = try ExportCoding.encode(item)
            guard json.count <= Limits.archiveItemBytesMax else {
                throw ArchiveError("an item of \(name) is too large")
            }
            return ArchivedItem(section: name, json: String(decoding: json, as: UTF8.self))
        }
    }
}
