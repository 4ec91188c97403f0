import NIOCore

/// What stands before the payload of a frame from a client (RFC 6455, section 5.2).
struct WebSocketFrameHeader: Hashable {
    let opcode: WebSocketFrames.Opcode
    let isFinal: Bool
    let length: Int
    let mask: UInt32

    /// Takes a header off the bytes as soon as it is whole; leaves them when it is not.
    /// - Throws: for what no client may send, as early as it is seen: extensions, of which none is agreed on, reserved opcodes,
    ///   no mask, a length that is negative or longer in writing than needed, control frames that are long or in parts.
    static func read(from bytes: inout ByteBuffer) throws(WebSocketFailure) -> WebSocketFrameHeader? {
        let start = bytes.readerIndex
        guard let first: UInt8 = bytes.getInteger(at: start) else { return nil }
        guard first & 0x70 == 0 else { throw .protocolError("reserved bits are set") }
        guard let opcode = WebSocketFrames.Opcode(rawValue: first & 0x0F) else {
            throw .protocolError("reserved opcode")
        }
        let isFinal = first & 0x80 != 0
        guard let second: UInt8 = bytes.getInteger(at: start + 1) else { return nil }
        guard second & 0x80 != 0 else { throw .protocolError("frame is not masked") }
        if opcode.isControl {
            guard isFinal else { throw .protocolError("control frame in parts") }
            guard second & 0x7F <= WebSocketFrames.controlBytesMax else {
                throw .protocolError("control frame too long")
            }
        }
        guard let (length, size) = try length(second & 0x7F, in: bytes, at: start + 2),
            let mask: UInt32 = bytes.getInteger(at: start + 2 + size)
        else { return nil }
        bytes.moveReaderIndex(forwardBy: 2 + size + 4)
        return WebSocketFrameHeader(opcode: opcode, isFinal: isFinal, length: length, mask: mask)
    }

    private static func length(
        _ short: UInt8, in bytes: ByteBuffer, at index: Int
    ) throws(WebSocketFailure) -> (value: Int, size: Int)? {
        switch short {
        case 126:
            guard let length: UInt16 = bytes.getInteger(at: index) else { return nil }
            guard length > 125 else { throw .protocolError("length not in its shortest form") }
            return (Int(length), 2)
        case 127:
            guard let written: UInt64 = bytes.getInteger(at: index) else { return nil }
            guard let length = Int(exactly: written) else { throw .protocolError("length is negative") }
            guard length > 0xFFFF else { throw .protocolError("length not in its shortest form") }
            return (length, 8)
        default: return (Int(short), 0)
        }
    }
}

extension ByteBuffer {
    /// Moves up to `count` bytes from another buffer to the end of this one and takes the mask off them.
    /// - Parameter offset: how many bytes of the payload came before.
    mutating func writeUnmasked(_ count: Int, from source: inout ByteBuffer, mask: UInt32, offset: Int) {
        guard var slice = source.readSlice(length: count) else { return }
        let start = readableBytes
        writeBuffer(&slice)
        // The byte of the mask for the first byte here comes first in memory.
        let turned = mask << UInt32(offset % 4 * 8) | (offset % 4 == 0 ? 0 : mask >> UInt32(32 - offset % 4 * 8))
        let wide = (UInt64(turned) << 32 | UInt64(turned)).bigEndian
        withUnsafeMutableReadableBytes { readable in
            let bytes = UnsafeMutableRawBufferPointer(rebasing: readable[start...])
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: turned >> UInt32(24 - index % 4 * 8))
                index += 1
            }
        }
    }
}
