import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct HTTP2FloodTests {}
}

/// Frames that no client sends, and what the connection then ends with.
struct Flood: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    /// Of GOAWAY.
    let code: UInt8

    init(_ name: String, _ code: UInt8, count: Int = 1, _ frames: (UInt32) -> [UInt8]) {
        testDescription = name
        self.code = code
        bytes = HTTP2Frames.preface + (0..<UInt32(count)).flatMap(frames)
    }

    init(_ name: String, _ code: UInt8, opening: [UInt8], count: Int, of frame: [UInt8]) {
        testDescription = name
        self.code = code
        bytes = HTTP2Frames.preface + opening + Array(repeatElement(frame, count: count).joined())
    }
}

extension EndToEnd.HTTP2FloodTests {
    private static let enhanceYourCalm: UInt8 = 11

    static let floods = [
        Flood("rapid reset", enhanceYourCalm, count: 2_000) {
            HTTP2Frames.get(stream: 2 * $0 + 1) + HTTP2Frames.frame(.reset, stream: 2 * $0 + 1, HTTP2Frames.bytes(8))
        },
        Flood("PING", enhanceYourCalm, count: 2_000) { _ in HTTP2Frames.frame(.ping, [UInt8](repeating: 0, count: 8)) },
        Flood("SETTINGS", enhanceYourCalm, count: 2_000) { _ in HTTP2Frames.frame(.settings) },
        Flood(
            "CONTINUATION", enhanceYourCalm,
            opening: HTTP2Frames.frame(.headers, flags: HTTP2Frames.endStream, stream: 1, HTTP2Frames.head()),
            count: 1_000,
            of: HTTP2Frames.frame(.continuation, stream: 1)),
        Flood(
            "empty DATA", enhanceYourCalm,
            opening: HTTP2Frames.frame(.headers, flags: HTTP2Frames.endHeaders, stream: 1, HTTP2Frames.head("POST")),
            count: 1_000, of: HTTP2Frames.frame(.data, stream: 1)),
        // The name of the code: COMPRESSION_ERROR.
        Flood("headers that grow when they are unpacked", 9) { _ in repeatedHeader(10_000) },
        // FRAME_SIZE_ERROR.
        Flood("bytes that are no frames", 6) { _ in Array("GET / HTTP/1.1\r\n\r\n".utf8) },
    ]

    /// One long header enters the table, and then a byte names it again and again.
    private static func repeatedHeader(_ count: Int) -> [UInt8] {
        let long = HTTP2Frames.indexed("x-long", String(repeating: "a", count: 3_000))
        return HTTP2Frames.frame(
            .headers, flags: HTTP2Frames.endStream | HTTP2Frames.endHeaders, stream: 1,
            HTTP2Frames.head() + long + [UInt8](repeating: 0x80 + 62, count: count))
    }

    @Test("a head that is long, but within bounds, is answered")
    func longHead() async throws {
        try await EndToEnd.SecureServingTests.server { server, certificate in
            let connection = try await SecureConnection.open(server, certificate)
            connection.send(HTTP2Frames.preface + Self.repeatedHeader(3))
            #expect(try await connection.received { $0.answered == 1 }.answered == 1)
        }
    }

    @Test("floods end with GOAWAY, and the server goes on")
    func ended() async throws {
        try await EndToEnd.SecureServingTests.server { server, certificate in
            for flood in Self.floods {
                let connection = try await SecureConnection.open(server, certificate)
                connection.send(flood.bytes)
                let received = try await connection.received()
                #expect(
                    received.isClosed && received.goAway == flood.code,
                    "\(flood.testDescription)")
                let curl = Curl(server, certificate, version: "--http2")
                #expect(try await curl.get("/healthz").status == 200, "\(flood.testDescription)")
            }
        }
    }

    @Test("more requests than may be open at once are refused")
    func requestsAtOnce() async throws {
        try await EndToEnd.SecureServingTests.server { server, certificate in
            let connection = try await SecureConnection.open(server, certificate)
            connection.send(HTTP2Frames.preface)
            // None of them ends, so that all stay open.
            for number in 0..<UInt32(101) { connection.send(Self.openPost(stream: 2 * number + 1)) }
            let received = try await connection.received { $0.isClosed || $0.resetCode(ofStream: 201) != nil }
            #expect(received.resetCode(ofStream: 199) == nil)
            #expect(received.resetCode(ofStream: 201) == 7 || received.goAway != nil)
        }
    }

    @Test("bodies that are too much together are refused, whatever each of them is")
    func bodiesAtOnce() async throws {
        let part = [UInt8](repeating: 0x20, count: 16_000)
        try await EndToEnd.SecureServingTests.server { server, certificate in
            let connection = try await SecureConnection.open(server, certificate)
            connection.send(HTTP2Frames.preface)
            // Each takes its stream's window, and the connection's window is opened again for the next.
            for number in 0..<UInt32(20) {
                let stream = 2 * number + 1
                connection.send(Self.openPost(stream: stream))
                for _ in 0..<4 { connection.send(HTTP2Frames.frame(.data, stream: stream, part)) }
                _ = try await connection.received(within: .milliseconds(50))
            }
            let received = try await connection.received { $0.resetCode(ofStream: 39) != nil }
            #expect(received.resetCode(ofStream: 1) == nil)
            #expect(received.resetCode(ofStream: 39) == Self.enhanceYourCalm, "\(received.frames)")
        }
    }

    @Test("who sends nothing, or half a request, or no more requests, is dropped at the deadline")
    func slow() async throws {
        let starts = [
            [], HTTP2Frames.preface, HTTP2Frames.preface + Self.openPost(stream: 1),
            HTTP2Frames.preface + HTTP2Frames.get(stream: 1),
        ]
        let flags = ["--request-head-seconds", "1", "--request-body-seconds", "1", "--idle-seconds", "1"]
        try await EndToEnd.SecureServingTests.server(flags) { server, certificate in
            var connections: [SecureConnection] = []
            for start in starts {
                let connection = try await SecureConnection.open(server, certificate)
                connection.send(start)
                connections.append(connection)
            }
            var received: [SecureConnection.Received] = []
            for connection in connections { received.append(try await connection.received()) }
            #expect(received.map(\.isClosed) == [true, true, true, true])
            #expect(received[2].resetCode(ofStream: 1) == 8)
            #expect(received[3].answered == 1)
        }
    }

    private static func openPost(stream: UInt32) -> [UInt8] {
        HTTP2Frames.frame(.headers, flags: HTTP2Frames.endHeaders, stream: stream, HTTP2Frames.head("POST"))
    }
}
