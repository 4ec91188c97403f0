import CZlib

/// Bytes into one gzip member (RFC 1952), piece by piece.
final class GzipCompressor {
    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: 64 * 1024)

    /// - Throws: `ArchiveError` where zlib gets no memory.
    init() throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowOfGzip = MAX_WBITS + 16
        let started = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowOfGzip, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else {
            stream.deallocate()
            throw ArchiveError("there is no memory to compress it")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The compressed bytes that are ready; all of them once it `isLast`.
    func compress(_ bytes: [UInt8], isLast: Bool = false) throws -> [UInt8] {
        var compressed: [UInt8] = []
        try bytes.withUnsafeBufferPointer { input in
            // zlib does not write to its input.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            guard let count = UInt32(exactly: input.count) else { throw ArchiveError("a part is too large") }
            stream.pointee.avail_in = count
            var hasMore = true
            while hasMore {
                let room = output.count
                try output.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    let code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                        throw ArchiveError("it could not be compressed")
                    }
                }
                compressed += output[..<(room - Int(stream.pointee.avail_out))]
                hasMore = stream.pointee.avail_out == 0
            }
        }
        return compressed
    }
}
