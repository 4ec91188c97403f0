import Core
import Crypto
import NIOCore
import Telemetry

/// The layout of a store's folder: 4,096 subfolders, each blob in the one that its key's hash names, so that none grows
/// large; and `.new` for files being written. Its calls block.
struct BlobFolder: Sendable {
    private static let newName = ".new"

    private let root: OpenFile
    private let new: OpenFile

    init(_ path: String) throws {
        root = try OpenFile.root(path)
        guard let new = try root.folder(Self.newName, make: true) else {
            throw BlobStoreError(.unavailable, "the media folder went away")
        }
        self.new = new
    }

    // Names

    /// Three hexadecimal digits.
    static func shard(_ key: BlobKey) -> String {
        String(Hex.text(SHA256.hash(data: Array(key.text.utf8)).prefix(2)).prefix(3))
    }

    /// No key has a plus.
    static func fileName(_ key: BlobKey) -> String {
        String(decoding: key.text.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "+") : $0 }, as: UTF8.self)
    }

    /// Nil for the name of a file that no store wrote.
    static func key(fileName: String) -> BlobKey? {
        guard !fileName.utf8.contains(UInt8(ascii: "/")) else { return nil }
        let text = fileName.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "/") : $0 }
        return try? BlobKey(String(decoding: text, as: UTF8.self))
    }

    // Blobs

    func open(_ key: BlobKey) throws -> OpenFile {
        guard let shard = try root.folder(Self.shard(key), make: false),
            let file = try shard.file(Self.fileName(key))
        else { throw BlobStoreError.notFound(key) }
        return file
    }

    func begin(_ name: String) throws -> OpenFile { try new.newFile(name) }

    /// Makes the file the blob: everybody sees it from now on, also after a loss of power.
    func publish(_ name: String, _ file: OpenFile, as key: BlobKey) throws {
        try file.sync()
        guard let shard = try root.folder(Self.shard(key), make: true) else {
            throw BlobStoreError(.unavailable, "a subfolder of the media folder went away")
        }
        try new.rename(name, to: Self.fileName(key), in: shard)
        try shard.sync()
    }

    func abandon(_ name: String) throws { _ = try new.remove(name) }

    func remove(_ key: BlobKey) throws {
        guard let shard = try root.folder(Self.shard(key), make: false) else { return }
        if try shard.remove(Self.fileName(key)) { try shard.sync() }
    }

    /// Removes the files that processes which died were writing.
    /// - Parameter before: in milliseconds since 1970.
    func removeLeftovers(before: Int64) throws {
        for name in try new.names() {
            guard let file = try new.file(name), try file.status().changedAt < before else { continue }
            _ = try new.remove(name)
        }
    }

    /// Writes, syncs and removes a file.
    func check(_ name: String) throws {
        let file = try new.newFile(name)
        defer { _ = try? new.remove(name) }
        try file.sync()
    }

    /// The blobs of `limit` or more, beginning after `token`, which is a shard and the last file's name in it.
    func list(_ prefix: BlobPrefix, after token: String?, limit: Int) throws -> BlobPage {
        let (first, last) = try Self.position(token)
        let namePrefix = prefix.text.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "+") : $0 }
        var entries: [BlobEntry] = []
        for name in try root.names().sorted() where name >= first {
            guard let shard = try root.folder(name, make: false) else { continue }
            let files = try shard.names().filter { $0.utf8.starts(with: namePrefix) }.sorted()
            for file in files where name > first || file > last {
                guard entries.count < limit else { return BlobPage(entries: entries, next: Self.token(entries)) }
                if let entry = try Self.entry(file, in: shard) { entries.append(entry) }
            }
        }
        return BlobPage(entries: entries, next: nil)
    }

    private static func entry(_ name: String, in shard: OpenFile) throws -> BlobEntry? {
        guard let key = key(fileName: name), let file = try shard.file(name) else { return nil }
        let status = try file.status()
        guard status.isFile, status.length >= BlobTrailer.size else { return nil }
        return BlobEntry(key: key, length: status.length - Int64(BlobTrailer.size), storedAt: status.changedAt)
    }

    private static func token(_ entries: [BlobEntry]) -> String? {
        entries.last.map { shard($0.key) + fileName($0.key) }
    }

    private static func position(_ token: String?) throws -> (shard: String, file: String) {
        guard let token else { return ("", "") }
        let name = String(token.dropFirst(3))
        guard let key = key(fileName: name), shard(key) + name == token else {
            throw BlobStoreError(.invalidArgument, "not a token of a list")
        }
        return (shard(key), name)
    }
}
