import NIOCore
import NIOEmbedded
import Testing

@testable import Streaming

/// RFC 6455 by tables, after the sections of the Autobahn test suite. Each case comes whole, and byte by byte.
@Suite struct WebSocketProtocolTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: [ClientFrame]

        init(_ description: String, _ frames: [ClientFrame]) {
            testDescription = description
            self.frames = frames
        }
    }

    @Test("messages of any length", arguments: [0, 1, 125, 126, 127, 128, 65_535, 65_536], [nil, 1, 997])
    func lengths(length: Int, chop: Int?) throws {
        let peer = try WebSocketPeer()
        let bytes = (0..<length).map { UInt8($0 % 101) }
        try peer.send([.text(bytes), .binary(bytes)], chop: length > 1_000 && chop == 1 ? 61 : chop)
        #expect(try peer.messages() == [.text(ByteBuffer(bytes: bytes)), .binary(ByteBuffer(bytes: bytes))])
        #expect(peer.isOpen)
    }

    private static let allowed = [
        Case("parts", [.text("a", isFinal: false), .next("b", isFinal: false), .next("c", isFinal: true)]),
        Case("empty parts", [.text("", isFinal: false), .next("abc", isFinal: false), .next("", isFinal: true)]),
        Case("a ping between parts", [.text("ab", isFinal: false), .ping("x"), .next("c", isFinal: true)]),
        Case("pongs nobody asked for", [.pong(), .text("abc"), .pong("x")]),
        Case("no mask to speak of", [ClientFrame(first: 0x81, payload: Array("abc".utf8), mask: 0)]),
    ]

    @Test("what is allowed is one message", arguments: allowed, [nil, 1])
    func isAllowed(example: Case, chop: Int?) throws {
        let peer = try WebSocketPeer()
        try peer.send(example.frames, chop: chop)
        #expect(try peer.messages() == [.text(ByteBuffer(string: "abc"))])
        #expect(peer.isOpen)
    }

    private static let violations =
        [
            Case("unmasked", [ClientFrame(first: 0x81, payload: [0x61], mask: nil)]),
            Case("continuation of nothing", [.next("a", isFinal: true)]),
            Case("continuation of a finished message", [.text("a"), .next("b", isFinal: true)]),
            Case("text within a text", [.text("a", isFinal: false), .text("b")]),
            Case("binary within a text", [.text("a", isFinal: false), .binary([1])]),
            Case("a ping in parts", [ClientFrame(first: 0x09)]), Case("a pong in parts", [ClientFrame(first: 0x0A)]),
            Case("a close in parts", [ClientFrame(first: 0x08)]),
            Case("a long ping", [ClientFrame(first: 0x89, payload: [UInt8](repeating: 0, count: 126))]),
            Case(
                "a long close",
                [ClientFrame(first: 0x88, payload: [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 124))]),
            Case("half a close code", [ClientFrame(first: 0x88, payload: [0x03])]),
            Case("a length in two bytes for one", [ClientFrame(first: 0x81, payload: [0x61], lengthBytes: 2)]),
            Case("a length in eight bytes for two", [ClientFrame(first: 0x82, lengthBytes: 8, length: 65_535)]),
            Case("a negative length", [ClientFrame(first: 0x82, lengthBytes: 8, length: 1 << 63)]),
        ] + (1...7).map { Case("reserved bits \($0)", [ClientFrame(first: 0x81 | $0 << 4, payload: [0x61])]) }
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { Case("opcode \($0)", [ClientFrame(first: 0x80 | $0)]) }
        + [0, 999, 1_004, 1_005, 1_006, 1_015, 1_016, 1_100, 2_000, 2_999, 5_000, 65_535].map { (code: UInt16) in
            Case("close \(code)", [.close(code)])
        }

    @Test("what is not ends the connection with 1002", arguments: violations, [nil, 1])
    func isRefused(example: Case, chop: Int?) throws {
        try expectFailure(1_002, example.frames, chop: chop)
    }

    @Test("a frame or message beyond the limit is refused by its header, with 1009", arguments: [nil, 1])
    func tooLarge(chop: Int?) throws {
        var settings = WebSocketSettings()
        (settings.frameBytesMax, settings.messageBytesMax) = (1_000, 1_500)
        let frame = [UInt8](repeating: 0, count: 1_000)
        try expectFailure(1_009, [ClientFrame(first: 0x82, length: 1_001)], chop: chop, settings)
        try expectFailure(1_009, [ClientFrame(first: 0x82, length: UInt64(Int64.max))], chop: chop, settings)
        let parts = [.binary(frame, isFinal: false), ClientFrame(first: 0x80, length: 501)]
        try expectFailure(1_009, parts, chop: chop, settings)
        let peer = try WebSocketPeer(settings)
        try peer.send([.binary(frame, isFinal: false), .next(Array(frame.prefix(500)), isFinal: true)], chop: chop)
        #expect(try peer.messages().count == 1)
    }

    @Test(
        "closes are echoed",
        arguments: [1_000, 1_001, 1_002, 1_003, 1_007, 1_011, 1_012, 1_014, 3_000, 3_999, 4_999, nil], [nil, 1])
    func closes(code: UInt16?, chop: Int?) throws {
        let peer = try WebSocketPeer()
        // What comes after a close is not looked at, wrong or not.
        let reason = code == nil ? [] : [UInt8](repeating: 0x61, count: 123)
        try peer.send([.text("a"), .close(code, reason), .text("b"), ClientFrame(first: 0xFF)], chop: chop)
        #expect(try peer.messages().count == 1)
        #expect(try peer.received() == [.close(code)])
        #expect(!peer.isOpen)
        #expect(peer.closes.map { $0.code?.rawValue } == [code] && peer.cuts.isEmpty)
    }

    @Test("a reason that is not UTF-8 is told with 1007", arguments: [nil, 1])
    func closeReason(chop: Int?) throws {
        try expectFailure(1_007, [.close(1_000, [0xCE, 0xBA, 0xED, 0xA0, 0x80])], chop: chop)
        try expectFailure(1_007, [.close(1_000, [0xCE])], chop: chop)
    }

    private func expectFailure(
        _ code: UInt16, _ frames: [ClientFrame], chop: Int?, _ settings: WebSocketSettings = WebSocketSettings()
    ) throws {
        let peer = try WebSocketPeer(settings)
        try peer.send(frames + [.text("never read")], chop: chop)
        let received = try peer.received()
        #expect(received.map(\.code) == [code])
        #expect(peer.cuts.count == 1 && peer.closes.isEmpty)
        #expect(try !peer.messages().contains(.text(ByteBuffer(string: "never read"))))
        #expect(peer.isOpen)
        peer.pass(settings.lingerTime)
        #expect(!peer.isOpen)
    }
}
