import NIOCore
import Streaming

/// The form of https://html.spec.whatwg.org/multipage/server-sent-events.html.
enum ServerSentEvents {
    /// What comes first: after how long to connect again, and the id after which events follow.
    static func opening(at id: StreamEventID) -> ByteBuffer {
        ByteBuffer(string: "retry: 2000\nid: \(id)\n\n")
    }

    static func event(_ event: StreamEvent, _ id: StreamEventID) -> ByteBuffer {
        let data = event.data
        var bytes = ByteBufferAllocator().buffer(capacity: 96 + data.count)
        bytes.writeString("id: \(id)\nevent: \(event.name)\ndata: ")
        bytes.writeBytes(data)
        bytes.writeString("\n\n")
        return bytes
    }

    /// Shows that the connection lives, and nothing else.
    static let comment = ByteBuffer(string: ":\n\n")
}
