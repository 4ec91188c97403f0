import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Streaming

@Suite struct WebSocketHandlerTests {
    private func text(_ text: String) -> WebSocketOutput { .message(.text(ByteBuffer(string: text))) }

    @Test(
        "pings are answered with what they bring", arguments: ["", "hello", String(repeating: "x", count: 125)],
        [nil, 1])
    func ping(payload: String, chop: Int?) throws {
        let peer = try WebSocketPeer()
        try peer.send([.ping(payload), .ping("2")], chop: chop)
        #expect(try peer.received() == [.pong(payload), .pong("2")])
    }

    @Test("messages go out in one frame", arguments: [0, 125, 126, 65_535, 65_536])
    func out(length: Int) throws {
        let peer = try WebSocketPeer()
        let message = String(repeating: "x", count: length)
        try peer.channel.writeOutbound(text(message))
        let shared = WebSocketFrames.frame(.text(ByteBuffer(string: message)), allocator: ByteBufferAllocator())
        try peer.channel.writeOutbound(WebSocketOutput.frame(shared))
        #expect(try peer.received() == [.text(message), .text(message)])
    }

    @Test("who answers pings stays, who is silent is cut off after the second interval")
    func heartbeat() throws {
        let settings = WebSocketSettings()
        let peer = try WebSocketPeer(settings)
        for _ in 0..<3 {
            peer.pass(settings.pingInterval)
            #expect(try peer.received() == [.ping])
            try peer.send([.pong()])
        }
        peer.pass(settings.pingInterval)
        #expect(try peer.received() == [.ping] && peer.isOpen)
        peer.pass(settings.pingInterval)
        #expect(!peer.isOpen && peer.cuts == [.idle])
    }

    @Test("a reader that does not read is cut off at the bound")
    func slowReader() throws {
        let settings = WebSocketSettings()
        let peer = try WebSocketPeer(settings)
        peer.channel.isWritable = false
        let message = text(String(repeating: "x", count: settings.outboundBytesMax / 2 - 4))
        try peer.channel.writeOutbound(message)
        try peer.channel.writeOutbound(message)
        #expect(peer.isOpen)
        #expect(throws: ChannelError.ioOnClosedChannel) { try peer.channel.writeOutbound(text("")) }
        #expect(!peer.isOpen && peer.cuts == [.slowReader])
    }

    @Test("one that reads again starts afresh")
    func slowReaderRecovers() throws {
        let settings = WebSocketSettings()
        let peer = try WebSocketPeer(settings)
        let message = text(String(repeating: "x", count: settings.outboundBytesMax / 2))
        for _ in 0..<3 {
            peer.channel.isWritable = false
            try peer.channel.writeOutbound(message)
            peer.channel.isWritable = true
            peer.channel.pipeline.fireChannelWritabilityChanged()
        }
        #expect(peer.isOpen)
    }

    @Test("one that asks and does not read is cut off too")
    func pingFlood() throws {
        let peer = try WebSocketPeer()
        peer.channel.isWritable = false
        let ping = ClientFrame.ping(String(repeating: "x", count: 125))
        for _ in 0..<1_000 where peer.isOpen { try peer.send([ping]) }
        #expect(!peer.isOpen && peer.cuts == [.slowReader])
    }

    @Test("one that answers but lets little things wait is cut off by time")
    func stalled() throws {
        let settings = WebSocketSettings()
        let peer = try WebSocketPeer(settings)
        peer.channel.isWritable = false
        for _ in 0..<2 {
            peer.pass(settings.pingInterval)
            try peer.send([.pong()])
        }
        #expect(!peer.isOpen && peer.cuts == [.slowReader])
    }

    @Test("a close of ours waits for the answer, and not for ever")
    func closing() throws {
        let settings = WebSocketSettings()
        let answered = try WebSocketPeer(settings)
        try answered.channel.triggerUserOutboundEvent(WebSocketClose(.policyViolation, reason: "signed out")).wait()
        #expect(try answered.received().map(\.code) == [1_008])
        #expect(throws: ChannelError.ioOnClosedChannel) { try answered.channel.writeOutbound(text("late")) }
        try answered.send([.text("on the way"), .ping(), .close(1_008)])
        #expect(try answered.messages().isEmpty && answered.received().isEmpty && !answered.isOpen)

        let silent = try WebSocketPeer(settings)
        try silent.channel.triggerUserOutboundEvent(WebSocketClose(.normal)).wait()
        silent.pass(settings.closeTimeout)
        #expect(!silent.isOpen)
    }

    @Test("a server that stops says so")
    func quiescing() throws {
        let peer = try WebSocketPeer()
        peer.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try peer.received().map(\.code) == [1_001])
    }

    @Test("a peer that hangs up without a close is let go")
    func hangUp() throws {
        let peer = try WebSocketPeer()
        peer.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!peer.isOpen)
    }

    @Test("an echo is written before the channel closes")
    func echoIsWritten() throws {
        let settings = WebSocketSettings()
        let peer = try WebSocketPeer(settings, holdingWrites: true)
        try peer.send([.close(1_000)])
        #expect(peer.isOpen)
        try peer.releaseWrites()
        #expect(try peer.received() == [.close(1_000)])
        #expect(!peer.isOpen)

        let stuck = try WebSocketPeer(settings, holdingWrites: true)
        try stuck.send([.close(1_000)])
        stuck.pass(settings.closeTimeout)
        #expect(!stuck.isOpen)
    }

    @Test("a reason too long for a frame is cut between characters")
    func longReason() {
        let close = WebSocketClose(.normal, reason: String(repeating: "é", count: 100))
        #expect(close.reason == String(repeating: "é", count: 61))
    }

    @Test("nothing is left running on a connection that is gone")
    func gone() throws {
        let peer = try WebSocketPeer()
        try peer.channel.close().wait()
        peer.pass(.seconds(3_600))
        #expect(try peer.received().isEmpty && peer.cuts.isEmpty)
    }

    @Test("no bytes make it trap", arguments: 0..<200)
    func random(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let peer = try WebSocketPeer()
        for _ in 0..<100 where peer.isOpen {
            let frames = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                ClientFrame(
                    first: [0x81, 0x01, 0x00, 0x80, 0x82, 0x89, 0x8A].randomElement(using: &generator) ?? 0,
                    payload: (0..<Int.random(in: 0...300, using: &generator)).map { _ in 0x61 },
                    mask: UInt32.random(in: 0...UInt32.max, using: &generator))
            }
            try peer.send(frames, chop: Int.random(in: 1...50, using: &generator))
            let noise = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if seed % 2 == 0 { try peer.channel.writeInbound(ByteBuffer(bytes: noise)) }
        }
        _ = try peer.messages()
        _ = try peer.received()
    }
}

@Suite struct WebSocketHandshakeTests {
    @Test("the example of RFC 6455")
    func accept() {
        #expect(WebSocketHandshake.accept(key: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(
        "a key is 16 bytes in base64",
        arguments: ["", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSE=", "dGhl", "not base64 but 24 bytes!"])
    func refused(key: String) {
        #expect(WebSocketHandshake.accept(key: key) == nil)
    }
}
