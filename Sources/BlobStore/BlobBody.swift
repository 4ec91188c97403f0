import NIOCore

/// Bytes on their way into or out of a store, read once.
package struct BlobStream: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    package typealias Pull = () async throws -> ByteBuffer?

    package struct AsyncIterator: AsyncIteratorProtocol {
        let pull: Pull

        package mutating func next() async throws -> ByteBuffer? { try await pull() }
    }

    private let begin: @Sendable () -> Pull

    init(begin: @escaping @Sendable () -> Pull) {
        self.begin = begin
    }

    package init<Chunks: AsyncSequence & Sendable>(_ chunks: Chunks) where Chunks.Element == ByteBuffer {
        self.init {
            var iterator = chunks.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }

    package init<Chunks: AsyncSequence & Sendable>(_ chunks: Chunks) where Chunks.Element == [UInt8] {
        self.init(chunks.map { ByteBuffer(bytes: $0) })
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pull: begin()) }

    /// All the bytes.
    /// - Throws: `tooLarge` past `max` of them.
    package func collect(max: Int) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await var chunk in self {
            guard chunk.readableBytes <= max - all.readableBytes else {
                throw BlobStoreError(.tooLarge, "more than \(max) bytes")
            }
            all.writeBuffer(&chunk)
        }
        return all
    }
}

/// What is to be stored.
package struct BlobBody: Sendable {
    package let chunks: BlobStream
    /// How many bytes `chunks` must have; nil if nobody knows yet.
    package let length: Int64?
    /// The SHA-256 they must have; nil if nobody knows yet.
    package let sha256: [UInt8]?

    package init(_ chunks: BlobStream, length: Int64? = nil, sha256: [UInt8]? = nil) {
        self.chunks = chunks
        self.length = length
        self.sha256 = sha256
    }

    package init(_ bytes: ByteBuffer, sha256: [UInt8]? = nil) {
        let stream = BlobStream {
            var rest: ByteBuffer? = bytes
            return {
                defer { rest = nil }
                return rest
            }
        }
        self.init(stream, length: Int64(bytes.readableBytes), sha256: sha256)
    }
}
