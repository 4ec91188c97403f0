import Core
import Crypto
import NIOCore

/// Takes a body in, counting and hashing, and holds it to what was said of it.
struct BodyReader {
    private let expectedLength: Int64?
    private let expectedSHA256: [UInt8]?
    private let lengthMax: Int64
    private var chunks: BlobStream.AsyncIterator
    private var hash = SHA256()
    /// Taken from a chunk and not yet handed on.
    private var rest = ByteBuffer()

    private(set) var length: Int64 = 0

    /// - Throws: `tooLarge` if the length is known and too much.
    init(_ body: BlobBody, lengthMax: Int64 = Limits.blobBytesMax) throws {
        expectedLength = body.length
        expectedSHA256 = body.sha256
        self.lengthMax = lengthMax
        chunks = body.chunks.makeAsyncIterator()
        if let length = body.length, length > lengthMax { throw Self.tooLarge(lengthMax) }
    }

    /// The next `size` bytes, fewer where the body ends.
    mutating func next(_ size: Int) async throws -> ByteBuffer {
        var part = ByteBuffer()
        while part.readableBytes < size {
            if rest.readableBytes == 0 {
                try Task.checkCancellation()
                guard let chunk = try await chunks.next() else { break }
                try count(chunk)
                rest = chunk
            }
            if var piece = rest.readSlice(length: min(rest.readableBytes, size - part.readableBytes)) {
                part.writeBuffer(&piece)
            }
        }
        return part
    }

    private mutating func count(_ chunk: ByteBuffer) throws {
        let (sum, overflow) = length.addingReportingOverflow(Int64(chunk.readableBytes))
        guard !overflow, sum <= lengthMax else { throw Self.tooLarge(lengthMax) }
        if let expectedLength, sum > expectedLength { throw lengthMismatch(sum) }
        length = sum
        chunk.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    }

    /// Whether the body that has ended is the one that was announced.
    /// - Returns: its SHA-256.
    func finish() throws -> [UInt8] {
        if let expectedLength, length != expectedLength { throw lengthMismatch(length) }
        let sha256 = Array(hash.finalize())
        if let expectedSHA256, sha256 != expectedSHA256 {
            throw BlobStoreError(.checksumMismatch, "the body does not have the checksum it came with")
        }
        return sha256
    }

    private func lengthMismatch(_ length: Int64) -> BlobStoreError {
        BlobStoreError(.lengthMismatch, "the body has \(length) bytes, not the length it came with")
    }

    private static func tooLarge(_ max: Int64) -> BlobStoreError {
        BlobStoreError(.tooLarge, "a blob may have \(max) bytes")
    }
}
