import CZlib

/// Bytes out of gzip members, piece by piece.
package final class GzipExpander {
    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: 256 * 1024)
    private var input: [UInt8] = []
    private let read: () throws -> [UInt8]
    /// Whether what was read last ended a member.
    private var isAtEnd = false

    /// - Parameter read: the next compressed bytes, none at the end.
    package init(_ read: @escaping () throws -> [UInt8]) throws {
        self.read = read
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let started = inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else {
            stream.deallocate()
            throw ArchiveError("there is no memory to read it")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The next bytes, no more than a quarter of a MiB; none at the end.
    func next() throws -> [UInt8] {
        while !isAtEnd {
            if input.isEmpty {
                input = try read()
                guard !input.isEmpty else { throw ArchiveError("its compressed data ends too early") }
            }
            let bytes = try expand()
            if !bytes.isEmpty { return bytes }
        }
        return []
    }

    private func expand() throws -> [UInt8] {
        let room = output.count
        let given = input.count
        let code = try input.withUnsafeBufferPointer { input -> Int32 in
            guard let count = UInt32(exactly: input.count) else { throw ArchiveError("it was read too fast") }
            // zlib does not write to its input.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = count
            return output.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(room)
                return inflate(stream, Z_NO_FLUSH)
            }
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            throw ArchiveError("its compressed data is damaged")
        }
        input.removeFirst(given - Int(stream.pointee.avail_in))
        isAtEnd = code == Z_STREAM_END
        return Array(output[..<(room - Int(stream.pointee.avail_out))])
    }
}
