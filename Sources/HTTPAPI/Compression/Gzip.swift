import CZlib

/// The gzip format, RFC 1952.
enum Gzip {
    /// The bytes as one gzip member, made fast rather than as small as may be.
    /// - Returns: nil where zlib gets no memory.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // zlib keeps the address, so it has to stay the same.
        return withUnsafeMutablePointer(to: &stream) { compressed(bytes, $0) }
    }

    private static func compressed(_ bytes: [UInt8], _ stream: UnsafeMutablePointer<z_stream>) -> [UInt8]? {
        let windowOfGzip = MAX_WBITS + 16
        let started = deflateInit2_(
            stream, Z_BEST_SPEED, Z_DEFLATED, windowOfGzip, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK, let inputCount = UInt32(exactly: bytes.count) else { return nil }
        defer { deflateEnd(stream) }
        let capacity = Int(deflateBound(stream, UInt(inputCount)))
        guard let outputCount = UInt32(exactly: capacity) else { return nil }
        var isWhole = false
        let output = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib does not write to its input.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = inputCount
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = outputCount
                isWhole = deflate(stream, Z_FINISH) == Z_STREAM_END
            }
            count = capacity - Int(stream.pointee.avail_out)
        }
        return isWhole ? output : nil
    }
}
