import Core
import NIOCore

/// Puts messages together from the bytes of a client, and refuses what RFC 6455 does not allow as soon as it shows: a frame
/// by its header, a text at its first byte that is not UTF-8. Memory is taken for bytes that came, never for a length that
/// was announced.
///
/// NIO's `WebSocketFrameDecoder` hands on whole frames only, so it would hold a bad one until its end, and checks neither
/// masks nor order.
struct WebSocketReader {
    enum Event: Hashable {
        case message(WebSocketMessage)
        case ping(ByteBuffer)
        case pong
        case close(WebSocketClose)
    }

    private struct Frame {
        let header: WebSocketFrameHeader
        var read = 0
    }

    private struct Message {
        let isText: Bool
        var payload = ByteBuffer()
        var validator = UTF8Validator()

        /// Whether the newest bytes go with what came before.
        mutating func acceptsLast(_ count: Int) -> Bool {
            guard isText else { return true }
            return payload.withUnsafeReadableBytes { bytes in
                validator.accepts(UnsafeRawBufferPointer(rebasing: bytes.suffix(count)))
            }
        }
    }

    private let frameBytesMax: Int
    private let messageBytesMax: Int
    /// The frame whose payload comes next; nil where a header does.
    private var frame: Frame?
    private var message: Message?
    private var control = ByteBuffer()

    init(frameBytesMax: Int, messageBytesMax: Int) {
        self.frameBytesMax = frameBytesMax
        self.messageBytesMax = messageBytesMax
    }

    /// - Parameter bytes: what came; what is read is taken off, less than a header stays for the next time.
    /// - Returns: the next event; nil when more bytes are needed.
    mutating func next(_ bytes: inout ByteBuffer) throws(WebSocketFailure) -> Event? {
        while true {
            if frame == nil {
                guard let header = try WebSocketFrameHeader.read(from: &bytes) else { return nil }
                try begin(header)
                frame = Frame(header: header)
            }
            guard let header = frame?.header else { return nil }
            try readPayload(header, &bytes)
            guard frame?.read == header.length else { return nil }
            frame = nil
            if let event = try end(header) { return event }
        }
    }

    private mutating func begin(_ header: WebSocketFrameHeader) throws(WebSocketFailure) {
        guard !header.opcode.isControl else { return }
        if header.opcode == .continuation {
            guard message != nil else { throw .protocolError("nothing to continue") }
        } else {
            guard message == nil else { throw .protocolError("message within a message") }
            message = Message(isText: header.opcode == .text)
        }
        guard header.length <= frameBytesMax else { throw .tooLarge("frame is too large") }
        let total = header.length + (message?.payload.readableBytes ?? 0)
        guard total <= messageBytesMax else { throw .tooLarge("message is too large") }
    }

    private mutating func readPayload(
        _ header: WebSocketFrameHeader, _ bytes: inout ByteBuffer
    ) throws(WebSocketFailure) {
        guard let offset = frame?.read else { return }
        let count = min(header.length - offset, bytes.readableBytes)
        guard count > 0 else { return }
        frame?.read += count
        if header.opcode.isControl {
            control.writeUnmasked(count, from: &bytes, mask: header.mask, offset: offset)
            return
        }
        message?.payload.writeUnmasked(count, from: &bytes, mask: header.mask, offset: offset)
        guard message?.acceptsLast(count) == true else { throw .invalidText }
    }

    private mutating func end(_ header: WebSocketFrameHeader) throws(WebSocketFailure) -> Event? {
        switch header.opcode {
        case .continuation, .text, .binary:
            guard header.isFinal, let whole = message else { return nil }
            message = nil
            guard whole.isText else { return .message(.binary(whole.payload)) }
            guard whole.validator.isComplete else { throw .invalidText }
            return .message(.text(whole.payload))
        case .ping: return .ping(takeControl())
        case .pong:
            control = ByteBuffer()
            return .pong
        case .close: return .close(try Self.close(takeControl()))
        }
    }

    private mutating func takeControl() -> ByteBuffer {
        defer { control = ByteBuffer() }
        return control
    }

    private static func close(_ payload: ByteBuffer) throws(WebSocketFailure) -> WebSocketClose {
        var payload = payload
        guard payload.readableBytes > 0 else { return WebSocketClose(nil) }
        guard let number: UInt16 = payload.readInteger() else { throw .protocolError("half a close code") }
        guard let code = WebSocketCloseCode(rawValue: number) else { throw .protocolError("invalid close code") }
        var validator = UTF8Validator()
        guard payload.withUnsafeReadableBytes({ validator.accepts($0) }), validator.isComplete else {
            throw .invalidText
        }
        return WebSocketClose(code, reason: String(buffer: payload))
    }
}
