import NIOCore
import NIOEmbedded
import Testing

@testable import Streaming

@Suite struct WebSocketFirstWordTests {
    private func settings(_ messages: Int?) -> WebSocketSettings {
        var settings = WebSocketSettings()
        settings.messagesBeforeAnswer = messages
        return settings
    }

    private let open = WebSocketOutput.message(.text(ByteBuffer(string: "open")))

    @Test("what a client says at once is answered after our first message", arguments: [0, 1], [nil, 1])
    func pings(taken: Int, chop: Int?) throws {
        let peer = try WebSocketPeer(settings(taken))
        let introduction = taken == 1 ? [ClientFrame.text("who I am")] : []
        try peer.send(introduction + [.ping("early"), .text("more")], chop: chop)
        #expect(try peer.received() == [])
        #expect(try peer.messages().count == taken)
        try peer.channel.writeOutbound(open)
        #expect(try peer.received() == [.text("open"), .pong("early")])
        #expect(try peer.messages().count == 1)
        try peer.send([.ping("late")])
        #expect(try peer.received() == [.pong("late")])
    }

    @Test("a close that comes at once is answered after it, or by our own")
    func closes() throws {
        let peer = try WebSocketPeer(settings(0))
        try peer.send([.close(1000)])
        #expect(try peer.received() == [])
        try peer.channel.writeOutbound(open)
        #expect(try peer.received() == [.text("open"), .close(1000)])
        let other = try WebSocketPeer(settings(0))
        try other.send([.close(1000)])
        other.channel.pipeline.triggerUserOutboundEvent(WebSocketClose(.internalError), promise: nil)
        #expect(try other.received().first?.code == 1011)
        #expect(!other.isOpen)
    }

    @Test("who says too much before it is cut off")
    func bound() throws {
        let settings = settings(0)
        let peer = try WebSocketPeer(settings)
        for _ in 0..<2 { try peer.send([.text(String(repeating: "x", count: settings.messageBytesMax / 2))]) }
        try peer.send([.text("x")])
        #expect(try peer.received().first?.code == 1009)
    }
}
