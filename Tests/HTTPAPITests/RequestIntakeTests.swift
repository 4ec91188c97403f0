import Core
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Synchronization
import Telemetry
import Testing

@testable import HTTPAPI

@Suite("The intake of requests")
struct RequestIntakeTests {
    private static func connected(
        room: BodyRoom = BodyRoom(), _ body: (NIOAsyncTestingChannel, HTTP1Connection) async throws -> Void
    ) async throws {
        let channel = NIOAsyncTestingChannel()
        let connection = try await channel.testingEventLoop.executeInContext {
            try HTTP1Connection(channel, room: room)
        }
        try await channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1))
        try await body(channel, connection)
        if channel.isActive { try await channel.close() }
    }

    private static func head(_ path: String, length: Int? = nil) -> HTTPRequestPart {
        var request = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: path)
        request.headerFields[.contentLength] = length.map(String.init)
        return .head(request)
    }

    private static func send(_ parts: [HTTPRequestPart], _ channel: NIOAsyncTestingChannel) async throws {
        for part in parts { try await channel.writeInbound(part) }
    }

    private static func bytes(_ count: Int) -> HTTPRequestPart {
        .body(ByteBuffer(repeating: UInt8(ascii: "a"), count: count))
    }

    @Test("requests come whole, in their order, and then none")
    func order() async throws {
        try await Self.connected { channel, connection in
            try await Self.send(
                [Self.head("/a"), Self.bytes(2), Self.bytes(3), .end(nil), Self.head("/b"), .end(nil)], channel)
            let first = try #require(await connection.next())
            #expect(first.head.path == "/a")
            #expect(try first.body.get().count == 5)
            let second = try #require(await connection.next())
            #expect(second.head.path == "/b")
            #expect(try second.body.get().isEmpty)
            try await channel.close()
            #expect(await connection.next() == nil)
        }
    }

    @Test(
        "a body that is too long is refused before its end, whether or not it says so first", arguments: [true, false])
    func long(isAnnounced: Bool) async throws {
        try await Self.connected { channel, connection in
            let count = Limits.bodyBytesMax + 1
            try await Self.send([Self.head("/a", length: isAnnounced ? count : nil)], channel)
            if !isAnnounced { try await Self.send([Self.bytes(count - 1), Self.bytes(1)], channel) }
            let refused = try #require(await connection.next())
            guard case .failure(let problem) = refused.body else {
                Issue.record("the body was taken")
                return
            }
            #expect(problem.status == APIError.tooLarge.status)
            try await Self.send([Self.bytes(1), .end(nil), Self.head("/b"), .end(nil)], channel)
            #expect(await connection.next()?.head.path == "/b")
        }
    }

    @Test("long bodies share one room, and beyond it those wait that would not fit; short ones need none of it")
    func room() async throws {
        let metrics = MetricsRegistry()
        let room = BodyRoom(bytesMax: 20_000, metrics: metrics)
        func expect(held: Int, refused: Int, sourceLocation: SourceLocation = #_sourceLocation) {
            let text = metrics.prometheusText()
            #expect(text.contains("\nstarling_http_body_bytes_held \(held).0\n"), sourceLocation: sourceLocation)
            #expect(text.contains("\nstarling_http_bodies_refused_total \(refused)\n"), sourceLocation: sourceLocation)
        }
        expect(held: 0, refused: 0)
        func status(_ count: Int, _ channel: NIOAsyncTestingChannel, _ connection: HTTP1Connection) async throws -> Int
        {
            try await Self.send([Self.head("/a"), Self.bytes(count / 2), Self.bytes(count - count / 2)], channel)
            try await Self.send([.end(nil)], channel)
            let request = try #require(await connection.next())
            do { return try request.body.get().count } catch { return error.status }
        }
        try await Self.connected(room: room) { first, _ in
            try await Self.send([Self.head("/a"), Self.bytes(Limits.bodyBytesOwn + 15_000)], first)
            try await Self.connected(room: room) { second, connection in
                #expect(try await status(Limits.bodyBytesOwn, second, connection) == Limits.bodyBytesOwn)
                expect(held: 15_000, refused: 0)
                #expect(try await status(Limits.bodyBytesOwn + 5_001, second, connection) == 503)
                expect(held: 15_000, refused: 1)
                #expect(
                    try await status(Limits.bodyBytesOwn + 5_000, second, connection) == Limits.bodyBytesOwn + 5_000)
                #expect(
                    try await status(Limits.bodyBytesOwn + 5_000, second, connection) == Limits.bodyBytesOwn + 5_000)
                // What broke off holds nothing.
                try await first.close()
                await first.testingEventLoop.run()
                expect(held: 0, refused: 1)
                #expect(try await status(Limits.bodyBytesOwn + 20_000, second, connection) > 503)
            }
            expect(held: 0, refused: 1)
        }
    }

    @Test("a body that breaks off is refused")
    func broken() async throws {
        try await Self.connected { channel, connection in
            try await Self.send([Self.head("/a"), Self.bytes(1)], channel)
            channel.pipeline.fireErrorCaught(HTTPParserError.invalidChunkSize)
            let refused = try #require(await connection.next())
            #expect(throws: Problem.self) { try refused.body.get() }
        }
    }

    @Test("nothing more is read while a request waits, nor answered while the client does not read")
    func pressure() async throws {
        let channel = NIOAsyncTestingChannel()
        let queue = RequestQueue(channel)
        let request = ReceivedRequest(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"), body: .success([]))
        #expect(queue.mayRead())
        queue.setWritable(false)
        #expect(!queue.mayRead())
        queue.append(request)
        let isReading = Mutex(false)
        async let early = Self.afterNext(of: queue) { isReading.withLock { $0 } }
        for _ in 0..<100 { await Task.yield() }
        isReading.withLock { $0 = true }
        queue.setWritable(true)
        #expect(await early)

        queue.append(request)
        #expect(!queue.mayRead())
        _ = await queue.next()
        #expect(queue.mayRead())
    }

    private static func afterNext(of queue: RequestQueue, _ look: @Sendable () -> Bool) async -> Bool {
        _ = await queue.next()
        return look()
    }

    @Test("a server that stops answers what has begun", arguments: [true, false])
    func stopping(hasBegun: Bool) async throws {
        try await Self.connected { channel, connection in
            if hasBegun { try await Self.send([Self.head("/a"), .end(nil)], channel) }
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            await channel.testingEventLoop.run()
            #expect(channel.isActive == hasBegun)
            guard hasBegun else { return }
            _ = await connection.next()
            connection.write(HTTPResponse(status: .ok))
            await channel.testingEventLoop.run()
            #expect(!channel.isActive)
        }
    }
}
