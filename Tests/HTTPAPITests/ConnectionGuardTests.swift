import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

@testable import HTTPAPI

@Suite("The guard of a connection")
struct ConnectionGuardTests {
    private static func connected(
        head: TimeAmount, idle: TimeAmount, _ body: (EmbeddedChannel, ConnectionState) throws -> Void
    ) throws {
        let channel = EmbeddedChannel()
        let state = ConnectionState()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        let deadlines = ConnectionGuard.Deadlines(head: head, answer: .seconds(30), idle: idle)
        try pipeline.addHandlers([HTTP1ToHTTPServerCodec(secure: false), ConnectionGuard(deadlines, state)])
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        try body(channel, state)
    }

    private static func wait(_ seconds: Int64, _ channel: EmbeddedChannel) -> Bool {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
        return channel.isActive
    }

    @Test("a connection that brings no request ends when a head is due", arguments: [1, 2, 60] as [Int64])
    func silent(idle: Int64) throws {
        try Self.connected(head: .seconds(10), idle: .seconds(idle)) { channel, _ in
            #expect(Self.wait(9, channel))
            #expect(!Self.wait(1, channel))
        }
    }

    @Test("a connection on which only the front desk answers lives while it does", arguments: [2, 8] as [Int64])
    func front(head: Int64) throws {
        try Self.connected(head: .seconds(head), idle: .seconds(4)) { channel, state in
            for _ in 0..<10 {
                state.frontAnswer = channel.embeddedEventLoop.now
                #expect(Self.wait(3, channel))
            }
            #expect(!Self.wait(1, channel))
        }
    }

    @Test("an answer of the front desk that is not sent yet has its time")
    func unsent() throws {
        try Self.connected(head: .seconds(10), idle: .seconds(2)) { channel, state in
            state.frontAnswer = channel.embeddedEventLoop.now
            let first = First()
            try channel.pipeline.syncOperations.addHandler(first, position: .first)
            first.context?.write(NIOAny(ByteBuffer(string: "HTTP/1.1 200 OK")), promise: nil)
            #expect(Self.wait(29, channel))
            #expect(!Self.wait(2, channel))
        }
    }

    // MARK: Answers that are not sent yet

    private static let request = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    private static func answer(_ channel: EmbeddedChannel, _ headers: HTTPFields = [.contentLength: "0"]) {
        channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: headers)), promise: nil)
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
    }

    /// Two requests whose answers are written, and the socket that has them.
    private static func answered(
        second: HTTPFields = [.contentLength: "0"], _ body: (EmbeddedChannel, HeldBack) throws -> Void
    ) throws {
        try connected(head: .seconds(10), idle: .seconds(2)) { channel, state in
            let socket = HeldBack()
            try channel.pipeline.syncOperations.addHandler(socket, position: .first)
            for _ in 0..<2 { try channel.writeInbound(request) }
            #expect(state.unanswered == 2)
            answer(channel)
            answer(channel, second)
            try body(channel, socket)
        }
    }

    @Test("a client that takes one answer and not the next has as long for that as for the first")
    func stalled() throws {
        try Self.answered { channel, socket in
            #expect(Self.wait(29, channel))
            try socket.send()
            #expect(Self.wait(29, channel))
            #expect(!Self.wait(1, channel))
        }
        try Self.answered { channel, socket in
            for _ in 0..<2 { try socket.send() }
            #expect(Self.wait(1, channel))
            #expect(!Self.wait(1, channel))
        }
    }

    @Test("the connection does not end with the last answer before that is sent")
    func last() throws {
        try Self.answered(second: [.contentLength: "0", .connection: "close"]) { channel, socket in
            try socket.send()
            #expect(channel.isActive)
            try socket.send()
            #expect(!channel.isActive)
        }
    }

    @Test("when all is written, our side is closed once all is sent")
    func finished() throws {
        try Self.answered { channel, socket in
            channel.close(mode: .output, promise: nil)
            try socket.send()
            #expect(socket.closes.isEmpty)
            try socket.send()
            #expect(socket.closes == [.output])
        }
        try Self.answered { channel, socket in
            channel.close(mode: .output, promise: nil)
            channel.close(promise: nil)
            #expect(socket.closes == [.all])
        }
    }
}

/// Writes past everything else in the pipeline.
private final class First: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }
}
