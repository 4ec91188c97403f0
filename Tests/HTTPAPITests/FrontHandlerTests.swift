import Core
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPAPI

@Suite("The front handler")
struct FrontHandlerTests {
    static func connected(_ body: @Sendable (_ connect: () throws -> FrontConnection) throws -> Void)
        async throws
    {
        let warm = Endpoint(
            .get, "/warm/{id}", .optional, charge: Endpoint.Charge.none,
            Operation("warm", "", tag: "", answer: (200, nil)),
            warm: { request, splicer in
                splicer.append("front \(request.parameters["id"] ?? "")")
                return true
            },
            handler: { _ in .noContent })
        try await TestServer.run { server in
            let desk = FrontDesk(server.api.frontReception(clock: server.clock.wall, routes: FrontRoutes([warm])))
            try body { try FrontConnection(desk) }
        }
    }

    static func get(_ target: String, _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n"
    }

    static func post(_ target: String, _ body: String) -> String {
        "POST \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("what it answers, nobody behind hears of; the rest is handed over byte for byte")
    func handingOver() async throws {
        try await Self.connected { connect in
            let connection = try connect()
            try connection.send(Self.get("/warm/1") + Self.get("/warm/2"))
            #expect(try connection.answers() == ["front 1", "front 2"])
            #expect(connection.ordinary.received.isEmpty && connection.ordinary.readsCompleted == 0)
            let rest = Self.get("/cold/3") + Self.get("/warm/4") + "no request"
            try connection.send(Self.get("/warm/2") + rest)
            #expect(try connection.answers() == ["front 2"])
            #expect(connection.ordinary.received == Array(rest.utf8) && connection.ordinary.readsCompleted == 1)
        }
    }

    @Test("while an answer is owed, or a request is not whole, nothing is answered here")
    func order() async throws {
        try await Self.connected { connect in
            let connection = try connect()
            try connection.send(Self.get("/cold/1"))
            try connection.send(Self.get("/warm/2"))
            #expect(try connection.answers().isEmpty)
            connection.ordinary.answerNext(on: connection.channel)
            try connection.send(Self.get("/warm/3"))
            #expect(try connection.answers() == ["behind /cold/1"])
            for _ in 0..<2 { connection.ordinary.answerNext(on: connection.channel) }
            #expect(try connection.answers() == ["behind /warm/2", "behind /warm/3"])
            try connection.send(Self.get("/warm/4"))
            #expect(try connection.answers() == ["front 4"])
        }
    }

    @Test("a body that looks like a request is none, and neither is the rest of a head")
    func bodies() async throws {
        try await Self.connected { connect in
            let request = Self.post("/cold", Self.get("/warm/1"))
            for place in request.indices.dropFirst() {
                let connection = try connect()
                try connection.send(String(request[..<place]))
                // As if it was answered before it is whole.
                connection.state.unanswered = 0
                try connection.send(String(request[place...]))
                #expect(try connection.answers().isEmpty)
                #expect(connection.ordinary.received == Array(request.utf8))
                connection.ordinary.answerNext(on: connection.channel)
                connection.state.unanswered = 0
                try connection.send(Self.get("/warm/2"))
                #expect(try connection.answers() == ["behind /cold", "front 2"])
            }
        }
    }

    @Test("behind a request of which it cannot tell where it ends, it keeps out of the way")
    func lost() async throws {
        try await Self.connected { connect in
            let connection = try connect()
            try connection.send("POST /cold HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            connection.state.unanswered = 0
            try connection.send(Self.get("/warm/1"))
            #expect(try connection.answers().isEmpty)
        }
    }

    @Test("a client that takes nothing, a connection that ends and a server that stops are left to the ordinary way")
    func keepingOut() async throws {
        try await Self.connected { connect in
            let unwritable = try connect()
            unwritable.channel.isWritable = false
            try unwritable.send(Self.get("/warm/1"))
            unwritable.channel.isWritable = true
            try unwritable.send(Self.get("/warm/2"))
            for _ in 0..<2 { unwritable.ordinary.answerNext(on: unwritable.channel) }
            #expect(try unwritable.answers() == ["behind /warm/1", "behind /warm/2"])

            let ending = try connect()
            ending.state.isEnding = true
            try ending.send(Self.get("/warm/1"))
            #expect(ending.ordinary.waiting == ["/warm/1"])

            let stopping = try connect()
            stopping.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            try stopping.send(Self.get("/warm/1"))
            #expect(stopping.ordinary.waiting == ["/warm/1"] && stopping.ordinary.events.count == 1)
        }
    }

    @Test("what was answered is sent before anything else happens on the connection")
    func flushing() async throws {
        try await Self.connected { connect in
            try Self.expectSent(on: try connect(), before: ChannelEvent.inputClosed)
            try Self.expectSent(on: try connect(), before: ChannelShouldQuiesceEvent())
            let connection = try connect()
            connection.channel.pipeline.fireChannelRead(ByteBuffer(string: Self.get("/warm/1") + Self.get("/cold")))
            #expect(try connection.answers() == ["front 1"])
        }
    }

    private static func expectSent(on connection: FrontConnection, before event: some Sendable) throws {
        connection.channel.pipeline.fireChannelRead(ByteBuffer(string: get("/warm/1")))
        #expect(try connection.answers().isEmpty)
        connection.channel.pipeline.fireUserInboundEventTriggered(event)
        #expect(try connection.answers() == ["front 1"])
        #expect(connection.ordinary.events == ["\(event)"])
    }

    @Test("a client that has finished sending is told of only when its answers are sent")
    func halfClosed() async throws {
        try await Self.connected { connect in
            let connection = try connect()
            let socket = HeldBack()
            try connection.channel.pipeline.syncOperations.addHandler(socket, position: .first)
            try connection.send(Self.get("/warm/1"))
            connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            #expect(connection.ordinary.events.isEmpty)
            try socket.send()
            #expect(try connection.answers() == ["front 1"])
            #expect(connection.ordinary.events == ["inputClosed"])
        }
    }
}
