import Core
import Foundation

/// Reads an archive from front to back, with no more of it in memory than one file. It is anybody's: nothing of it is taken
/// on trust, and nothing is written to a path that it names.
package struct ArchiveReader {
    private let source: GzipExpander
    private var buffer: [UInt8] = []
    private var total: Int64 = 0
    /// Where the reader is: the section, and the key of its last item.
    private var section = 0
    private var key: Int64 = 0
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

    /// The items of the next file; nil at the end.
    /// - Throws: `ArchiveError` with the file and the line of what is wrong.
    package mutating func next() throws -> [ArchivedItem]? {
        guard let file = try Self.nextFile(source, &buffer, &total) else { return nil }
        guard let name = ArchiveFormat.section(of: file.name),
            let place = ExportSections.all.firstIndex(where: { $0.name == name })
        else { throw ArchiveError("it has a file that no archive has") }
        guard place >= section else {
            throw ArchiveError("\(name) comes after \(ExportSections.all[section].name), which it must not")
        }
        if place > section { (section, key) = (place, 0) }
        return try ExportSections.all[place].items(in: file.content, named: file.name, after: &key)
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
    /// The file and the line it comes from.
    package let place: String
}

extension ExportSection {
    /// Reads a file: an array with each item on a line of its own, in the order of their keys.
    fileprivate func items(in content: [UInt8], named file: String, after key: inout Int64) throws -> [ArchivedItem] {
        var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count > 2, lines.first == [UInt8(ascii: "[")], lines.last == [UInt8(ascii: "]")] else {
            throw ArchiveError("\(file): it is no array with an item on each line")
        }
        return try lines.dropFirst().dropLast().enumerated().map { index, line in
            let place = "\(file), line \(index + 2)"
            let isLast = index == lines.count - 3
            guard isLast || line.last == UInt8(ascii: ",") else { throw ArchiveError("a comma is missing", at: place) }
            do {
                return try item(in: isLast ? line : line.dropLast(), after: &key, at: place)
            } catch let error as ArchiveError { throw ArchiveError(error.description, at: place) }
        }
    }

    private func item(in line: ArraySlice<UInt8>, after key: inout Int64, at place: String) throws -> ArchivedItem {
        guard line.count <= Limits.archiveItemBytesMax else { throw ArchiveError("it is too large") }
        let json = Data(line)
        let item = try ExportCoding.item(of: self, json)
        let canonical = try ExportCoding.encode(item)
        if canonical != json { try ExportCoding.requireSame(json, canonical) }
        if let next = self.key(of: item) {
            guard next > key else { throw ArchiveError("its id is not above that of the item before") }
            key = next
        }
        return ArchivedItem(section: name, json: String(decoding: canonical, as: UTF8.self), place: place)
    }
}

extension ExportCoding {
    /// Members that an item does not have are mistakes: what they say would be lost.
    fileprivate static func requireSame(_ json: Data, _ canonical: Data) throws {
        let (given, known) = (try members(json), try members(canonical))
        if let name = Set(given.keys).subtracting(known.keys).min() {
            throw ArchiveError("\(name) is not a member of such items")
        }
        for (name, value) in given where value != known[name] {
            throw ArchiveError("\(name) is not as it must be")
        }
    }

    /// Without those that are null.
    private static func members(_ json: Data) throws -> [String: NSObject] {
        let all = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
        return all.compactMapValues { $0 as? NSObject }.filter { $0.value != NSNull() }
    }
}
