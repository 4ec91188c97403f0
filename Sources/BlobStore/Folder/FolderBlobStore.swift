import Core
import Foundation
import NIOCore
import NIOPosix
import Telemetry

/// Blobs as files in a folder of this machine.
///
/// A blob is written beside, synced, renamed into its place, and the folder synced, before a put returns. Nothing else
/// may write into the folder. A list reads one subfolder after the other, in no order of the keys.
package struct FolderBlobStore: BlobStore {
    private let folder: BlobFolder
    private let metrics: BlobMetrics
    private let gate: Turnstile
    private let lengthMax: Int64

    /// Makes the folder if need be, and removes what processes that died left half written.
    package init(
        path: String, lengthMax: Int64 = Limits.blobBytesMax, clock: WallClock = .system,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        folder = try BlobFolder(path)
        self.metrics = BlobMetrics(metrics)
        self.lengthMax = lengthMax
        gate = Turnstile("files", max: Limits.blobFilesInFlightMax, metrics: metrics)
        let age = Limits.blobTemporaryFileAgeMax / .milliseconds(1)
        try folder.removeLeftovers(before: clock.now() - Int64(age))
    }

    @discardableResult
    package func put(_ key: BlobKey, _ body: BlobBody, contentType: String) async throws -> BlobInfo {
        try await metrics.measure(.put) {
            let contentType = try ContentType.checked(contentType)
            var reader = try BodyReader(body, lengthMax: lengthMax)
            let pass = try await gate.enter()
            defer { withExtendedLifetime(pass) {} }
            let name = UUID().uuidString
            let file = try await blocking { try folder.begin(name) }
            do {
                let info = try await write(&reader, contentType: contentType, to: file)
                try await blocking { try folder.publish(name, file, as: key) }
                metrics.took(info)
                return info
            } catch {
                await abandon(name)
                throw error
            }
        }
    }

    /// In a task of its own, since that of the put may be cancelled. What cannot be removed now, the next start removes.
    private func abandon(_ name: String) async {
        await Task { _ = try? await blocking { try folder.abandon(name) } }.value
    }

    private func write(_ reader: inout BodyReader, contentType: String, to file: OpenFile) async throws -> BlobInfo {
        while case let part = try await reader.next(Limits.blobChunkBytes), part.readableBytes > 0 {
            try await blocking { try part.withUnsafeReadableBytes { try file.append($0) } }
        }
        let sha256 = try reader.finish()
        let info = BlobInfo(length: reader.length, contentType: contentType, sha256: sha256)
        try await blocking { try BlobTrailer.bytes(info).withUnsafeReadableBytes { try file.append($0) } }
        return info
    }

    package func get(_ key: BlobKey) async throws -> BlobContent {
        try await metrics.measure(.get) {
            let (file, info) = try await open(key)
            return try await content(file, info, range: 0..<info.length, hashed: true)
        }
    }

    package func get(_ key: BlobKey, range: Range<Int64>) async throws -> BlobContent {
        try await metrics.measure(.get) {
            let (file, info) = try await open(key)
            let range = range.clamped(to: 0..<info.length)
            guard !range.isEmpty else {
                throw BlobStoreError(.rangeNotSatisfiable, "the blob has \(info.length) bytes")
            }
            return try await content(file, info, range: range, hashed: false)
        }
    }

    package func head(_ key: BlobKey) async throws -> BlobInfo {
        try await metrics.measure(.head) { try await open(key).info }
    }

    package func delete(_ key: BlobKey) async throws {
        try await metrics.measure(.delete) { try await blocking { try folder.remove(key) } }
    }

    package func list(_ prefix: BlobPrefix, after token: String?, limit: Int) async throws -> BlobPage {
        try await metrics.measure(.list) {
            try BlobPage.check(limit: limit)
            return try await blocking { try folder.list(prefix, after: token, limit: limit) }
        }
    }

    package func check() async throws {
        try await metrics.measure(.check) { try await blocking { try folder.check(UUID().uuidString) } }
    }

    /// Its folder is let go of with the last mention of it.
    package func close() async throws {}

    package func presignedGet(_ key: BlobKey, expires: Duration) throws -> PresignedRequest? { nil }

    package func presignedPut(
        _ key: BlobKey, contentType: String, length: Int64, expires: Duration
    ) throws -> PresignedRequest? { nil }

    private func open(_ key: BlobKey) async throws -> (file: OpenFile, info: BlobInfo) {
        try await blocking {
            let file = try folder.open(key)
            return (file, try BlobTrailer.info(file))
        }
    }

    private func content(
        _ file: OpenFile, _ info: BlobInfo, range: Range<Int64>, hashed: Bool
    ) async throws -> BlobContent {
        let pass = try await gate.enter()
        let chunks = BlobStream {
            var offset = range.lowerBound
            return {
                defer { withExtendedLifetime(pass) {} }
                let count = Int(min(range.upperBound - offset, Int64(Limits.blobChunkBytes)))
                guard count > 0 else { return nil }
                let chunk = try await Self.read(file, count: count, at: offset)
                offset += Int64(count)
                return chunk
            }
        }
        let content = BlobContent(
            info: info, range: range,
            chunks: chunks.checked(length: range.upperBound - range.lowerBound, sha256: hashed ? info.sha256 : nil))
        metrics.gives(content)
        return content
    }

    private static func read(_ file: OpenFile, count: Int, at offset: Int64) async throws -> ByteBuffer {
        try await blocking {
            var buffer = ByteBuffer()
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(count)), at: offset)
            }
            return buffer
        }
    }

    /// Files wait for disks, which the threads that run tasks must not.
    private static func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    private func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await Self.blocking(body)
    }
}
