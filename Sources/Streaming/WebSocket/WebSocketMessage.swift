import NIOCore

/// What either side says, put together from however many frames it came in.
package enum WebSocketMessage: Hashable, Sendable {
    /// Valid UTF-8.
    case text(ByteBuffer)
    case binary(ByteBuffer)
}

/// What is written to a connection.
package enum WebSocketOutput: Sendable {
    case message(WebSocketMessage)
    /// A frame that `WebSocketFrames` made, once for all who get the same.
    case frame(ByteBuffer)
}

/// The end of a connection, as one side tells the other. Written as a user event it ends the connection in order.
package struct WebSocketClose: Hashable, Sendable {
    /// nil when the other side gave none.
    package let code: WebSocketCloseCode?
    /// At most 123 bytes of UTF-8.
    package let reason: String

    /// - Parameter reason: for developers who read logs; what does not fit a frame is cut.
    package init(_ code: WebSocketCloseCode?, reason: String = "") {
        self.code = code
        self.reason = Self.cut(reason)
    }

    private static func cut(_ reason: String) -> String {
        var kept = reason
        while kept.utf8.count > WebSocketFrames.controlBytesMax - 2 { kept.removeLast() }
        return kept
    }
}

/// Why a connection ended that neither side closed in order; fired as a user event before the channel closes.
package enum WebSocketCut: Hashable, Sendable {
    /// The peer broke the protocol or a limit.
    case failed(WebSocketFailure)
    /// It did not read what it was sent.
    case slowReader
    /// Nothing was heard of it.
    case idle
}

/// What a peer did that ends its connection, and the code to tell it.
package struct WebSocketFailure: Error, Hashable, Sendable {
    package let code: WebSocketCloseCode
    package let reason: String

    static func protocolError(_ reason: String) -> WebSocketFailure { .init(code: .protocolError, reason: reason) }
    static func tooLarge(_ reason: String) -> WebSocketFailure { .init(code: .messageTooBig, reason: reason) }
    static let invalidText = WebSocketFailure(code: .invalidPayload, reason: "text is not UTF-8")
}
