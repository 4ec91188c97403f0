import Core
import NIOCore
import Streaming

/// Writes events to a WebSocket, each as a text message with one JSON object.
final class WebSocketOutlet: StreamOutlet {
    private let connection: WebSocketConnection

    init(_ connection: WebSocketConnection) {
        self.connection = connection
    }

    func open(at id: StreamEventID) {
        connection.send(Self.message("open", id))
    }

    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool {
        guard connection.isWritable else { return false }
        connection.send(Self.message(event.name, id, event.data))
        return true
    }

    func beat() -> Bool {
        guard connection.isWritable else { return false }
        // Scripts in browsers do not see pings.
        connection.send(Array("{\"event\":\"heartbeat\"}".utf8))
        return true
    }

    func end(_ reason: StreamEnd) {
        switch reason {
        case .unauthorized: connection.close(WebSocketClose(.unauthorized, reason: "the token is not good any more"))
        case .unavailable:
            connection.close(WebSocketClose(.tryAgainLater, reason: "the server cannot do this right now"))
        case .credentialsChanged:
            connection.close(WebSocketClose(.policyViolation, reason: "the password was changed: connect again"))
        case .stopping: connection.close(WebSocketClose(.goingAway, reason: "server is stopping"))
        // A close would wait with all the rest.
        case .slowReader: connection.cut()
        }
    }

    private static func message(_ name: String, _ id: StreamEventID, _ data: [UInt8]? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 96 + (data?.count ?? 0))
        json.raw("{\"id\":")
        json.string(id.description)
        json.raw(",\"event\":")
        json.string(name)
        if let data {
            json.raw(",\"data\":")
            json.raw(data)
        }
        json.raw("}")
        return json.bytes
    }
}
