import Streaming

/// What a connection is used for once it is a WebSocket.
package enum WebSocketUse: Sendable {
    case events(EventSocket)
    /// Says back what it hears, for tests of the protocol.
    case echo

    /// Does what there is to do before the connection goes on by itself.
    func serve(_ connection: WebSocketConnection) async {
        if case .events(let socket) = self { await socket.serve(connection) }
    }

    /// The bounds of what the client sends.
    var settings: WebSocketSettings {
        var settings = WebSocketSettings()
        switch self {
        case .events(let socket):
            // "open" comes first, whatever the client says meanwhile.
            settings.messagesBeforeAnswer = socket.opening == nil ? 1 : 0
            settings.frameBytesMax = EventSocket.openingBytesMax
            settings.messageBytesMax = EventSocket.openingBytesMax
        case .echo:
            // What the Autobahn suite sends.
            settings.frameBytesMax = 16 << 20
            settings.messageBytesMax = 16 << 20
            settings.outboundBytesMax = 64 << 20
        }
        return settings
    }
}
