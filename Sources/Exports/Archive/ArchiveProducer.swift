import Accounts
import Core
import Foundation
import NIOCore
import SQL

/// Makes an archive, a part at a time, as whoever stores it asks for the next.
actor ArchiveProducer {
    /// What was written when a part was done.
    struct Progress: Sendable {
        var sections = 0
        var items = 0
    }

    private enum Step {
        case manifest
        case section(Int, file: Int)
        case done
    }

    private let database: any Database
    private let account: ID<Account>
    private let now: Int64
    private let report: @Sendable (Progress) async throws -> Void
    private var compressor: GzipCompressor?
    private var step = Step.manifest
    private var cursor = SectionCursor()
    private var progress = Progress()

    /// - Parameter report: called after each part; what it throws ends the archive.
    init(
        _ database: any Database, _ account: ID<Account>, now: Int64,
        report: @escaping @Sendable (Progress) async throws -> Void
    ) {
        self.database = database
        self.account = account
        self.now = now
        self.report = report
    }

    /// The next bytes; nil at the end.
    func next() async throws -> ByteBuffer? {
        while true {
            let (plain, isLast) = try await nextPart()
            guard let plain else { return nil }
            let compressor = try self.compressor ?? GzipCompressor()
            self.compressor = compressor
            let bytes = try compressor.compress(plain, isLast: isLast)
            try await report(progress)
            if !bytes.isEmpty { return ByteBuffer(bytes: bytes) }
        }
    }

    private func nextPart() async throws -> (bytes: [UInt8]?, isLast: Bool) {
        switch step {
        case .manifest:
            step = .section(0, file: 1)
            return (TarEntry.file(ArchiveFormat.manifest, try await manifest(), modifiedAt: now), false)
        case .section(let index, let file):
            guard index < ExportSections.all.count else {
                step = .done
                return (TarEntry.end, true)
            }
            let section = ExportSections.all[index]
            let content = try await nextFile(of: section)
            progress.items += content.items
            if cursor.isAtEnd {
                cursor = SectionCursor()
                progress.sections += 1
                step = .section(index + 1, file: 1)
            } else {
                step = .section(index, file: file + 1)
            }
            guard content.items > 0 else { return ([], false) }
            let name = ArchiveFormat.file(section.name, file)
            return (TarEntry.file(name, content.json, modifiedAt: now), false)
        case .done: return (nil, true)
        }
    }

    private func manifest() async throws -> [UInt8] {
        let name = try await database.read { [account] store in
            try store.first("SELECT username FROM users WHERE id = $1", [.integer(account.rawValue)]) { $0.text(0) }
        }
        let manifest = ArchiveFormat.Manifest(
            user: ExportedID(account), username: name ?? "", createdAt: ExportedTime(now))
        return Array(try ExportCoding.encode(manifest))
    }

    /// An array of the next items: as many as make a file.
    private func nextFile(of section: any ExportSection) async throws -> (json: [UInt8], items: Int) {
        var json: [UInt8] = []
        var count = 0
        while json.count < Limits.archiveFileBytes, !cursor.isAtEnd {
            let (account, at) = (account, cursor)
            let (items, next) = try await database.read { try at.page(of: section, account, $0) }
            cursor = next
            for item in items {
                json += count == 0 ? [UInt8(ascii: "["), UInt8(ascii: "\n")] : [UInt8(ascii: ","), UInt8(ascii: "\n")]
                json += item
                count += 1
            }
        }
        return (json + [UInt8(ascii: "\n"), UInt8(ascii: "]"), UInt8(ascii: "\n")], count)
    }
}

/// Where an archive is in a section: the account's rows and what is kept from another archive are one list, by their keys, so
/// that what came back and what did not are where they were.
struct SectionCursor: Sendable {
    private var key: Int64 = 0
    private(set) var isAtEnd = false

    func page(
        of section: any ExportSection, _ account: ID<Account>, _ store: any SQLReader
    ) throws -> (items: [Data], next: SectionCursor) {
        let rows = try section.encoded(of: account, after: key, store)
        let kept = try KeptItems.page(of: section.name, account, after: key, limit: section.pageSize, store)
        let here = Set(rows.map(\.key))
        let all = (rows + kept.filter { !here.contains($0.key) }).sorted { $0.key < $1.key }
        let items = all.prefix(section.pageSize)
        var next = self
        next.key = items.last?.key ?? key
        next.isAtEnd = items.count == all.count && max(rows.count, kept.count) < section.pageSize
        return (items.map(\.json), next)
    }
}

/// The chunks of an archive, which is made as they are asked for.
struct ArchiveChunks: AsyncSequence, Sendable {
    let producer: ArchiveProducer

    struct AsyncIterator: AsyncIteratorProtocol {
        let producer: ArchiveProducer

        mutating func next() async throws -> ByteBuffer? { try await producer.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(producer: producer) }
}
