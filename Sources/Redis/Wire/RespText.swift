import NIOCore

/// Writes bulk strings straight into a buffer.
extension ByteBuffer {
    /// `$<count>\r\n<bytes>\r\n`.
    mutating func writeBulk(_ bytes: UnsafeRawBufferPointer) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count + 24) { out in
            var end = Self.writeHead(UInt8(ascii: "$"), bytes.count, at: 0, out)
            if let source = bytes.baseAddress, let target = out.baseAddress {
                (target + end).copyMemory(from: source, byteCount: bytes.count)
            }
            end += bytes.count
            Self.writeLineEnd(at: end, out)
            return end + 2
        }
    }

    /// The number as decimal text in a bulk string.
    mutating func writeBulk(_ value: Int64) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: 32) { out in
            let digits = Self.digitCount(value.magnitude)
            let length = digits + (value < 0 ? 1 : 0)
            var end = Self.writeHead(UInt8(ascii: "$"), length, at: 0, out)
            if value < 0 {
                out[end] = UInt8(ascii: "-")
                end += 1
            }
            Self.writeDigits(value.magnitude, digits, at: end, out)
            end += digits
            Self.writeLineEnd(at: end, out)
            return end + 2
        }
    }

    /// `*<count>\r\n`.
    mutating func writeArrayHead(_ count: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: 24) { out in
            Self.writeHead(UInt8(ascii: "*"), count, at: 0, out)
        }
    }

    /// `*<count>\r\n` before what begins at `start`, which has to move for it.
    /// - Returns: how far it moved.
    mutating func insertArrayHead(_ count: Int, at start: Int) -> Int {
        let size = 3 + Self.digitCount(UInt64(count))
        let moved = writerIndex - start
        let from = start - readerIndex
        writeRepeatingByte(0, count: size)
        withUnsafeMutableReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            (base + from + size).copyMemory(from: base + from, byteCount: moved)
            _ = Self.writeHead(UInt8(ascii: "*"), count, at: from, bytes)
        }
        return size
    }

    static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var bound: UInt64 = 10
        while count < 20, value >= bound {
            count += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { return count }
            bound = next
        }
        return count
    }

    private static func writeHead(
        _ type: UInt8, _ count: Int, at start: Int, _ out: UnsafeMutableRawBufferPointer
    ) -> Int {
        out[start] = type
        let digits = digitCount(UInt64(count))
        writeDigits(UInt64(count), digits, at: start + 1, out)
        writeLineEnd(at: start + 1 + digits, out)
        return start + 3 + digits
    }

    private static func writeDigits(_ value: UInt64, _ count: Int, at start: Int, _ out: UnsafeMutableRawBufferPointer)
    {
        var rest = value
        var position = start + count
        while position > start {
            position -= 1
            out[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private static func writeLineEnd(at position: Int, _ out: UnsafeMutableRawBufferPointer) {
        out[position] = UInt8(ascii: "\r")
        out[position + 1] = UInt8(ascii: "\n")
    }
}
