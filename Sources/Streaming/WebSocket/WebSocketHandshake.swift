import Crypto
import Foundation

/// The opening handshake (RFC 6455, section 4.2), as far as it is about WebSocket alone.
package enum WebSocketHandshake {
    package static let version = "13"

    /// - Parameter key: the request's `Sec-WebSocket-Key`.
    /// - Returns: the answer's `Sec-WebSocket-Accept`; nil when the key is not base64 of 16 bytes.
    package static func accept(key: String) -> String? {
        guard key.utf8.count == 24, Data(base64Encoded: key)?.count == 16 else { return nil }
        // The protocol says SHA-1; nothing rests on its strength.
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }
}
