import NIOCore

/// Frames as a server sends them: whole, unmasked.
package enum WebSocketFrames {
    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue & 0x8 != 0 }
    }

    static let controlBytesMax = 125

    /// One frame with a whole message.
    package static func frame(_ message: WebSocketMessage, allocator: ByteBufferAllocator) -> ByteBuffer {
        switch message {
        case .text(let payload): frame(.text, payload, allocator: allocator)
        case .binary(let payload): frame(.binary, payload, allocator: allocator)
        }
    }

    static func frame(_ close: WebSocketClose, allocator: ByteBufferAllocator) -> ByteBuffer {
        var payload = allocator.buffer(capacity: controlBytesMax)
        if let code = close.code {
            payload.writeInteger(code.rawValue)
            payload.writeString(close.reason)
        }
        return frame(.close, payload, allocator: allocator)
    }

    static func frame(_ opcode: Opcode, _ payload: ByteBuffer, allocator: ByteBufferAllocator) -> ByteBuffer {
        let length = payload.readableBytes
        var frame = allocator.buffer(capacity: length + 10)
        frame.writeInteger(0x80 | opcode.rawValue)
        switch length {
        case 0...125: frame.writeInteger(UInt8(length))
        case 126...0xFFFF:
            frame.writeInteger(126 as UInt8)
            frame.writeInteger(UInt16(length))
        default:
            frame.writeInteger(127 as UInt8)
            frame.writeInteger(UInt64(length))
        }
        frame.writeImmutableBuffer(payload)
        return frame
    }
}
