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

/// Writes events in this form, however the connection carries a body.
protocol ServerSentWriter: StreamOutlet {
    var channel: any Channel { get }

    func write(_ bytes: ByteBuffer)
}

extension ServerSentWriter {
    func open(at id: StreamEventID) {
        write(ServerSentEvents.opening(at: id))
    }

    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool {
        // What the channel holds back is what it may hold back; the reader had its time.
        guard channel.isWritable else { return false }
        write(ServerSentEvents.event(event, id))
        return true
    }

    func beat() -> Bool {
        guard channel.isWritable else { return false }
        write(ServerSentEvents.comment)
        return true
    }
}
