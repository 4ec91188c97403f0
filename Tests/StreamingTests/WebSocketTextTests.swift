import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Streaming

@Suite struct WebSocketTextTests {
    /// Bytes that are valid up to the last one, which is wrong.
    private static let invalid: [[UInt8]] = [
        [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xFE], [0xFF], [0x61, 0xC2, 0x61],
        [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xFF],
        [0xC2, 0xC2], [0xE0, 0x80], [0xE0, 0x9F], [0xED, 0xA0], [0xED, 0xBF], [0xE1, 0x80, 0xC0], [0xF0, 0x80],
        [0xF0, 0x8F],
        [0xF4, 0x90], [0xF1, 0x80, 0x80, 0x7F], [0xF0, 0x9F, 0x98, 0x80, 0x80],
    ]

    @Test("the first byte that is wrong ends the connection, before the rest of the frame is there", arguments: invalid)
    func failsFast(bytes: [UInt8]) throws {
        let whole = ClientFrame.text(bytes + [UInt8](repeating: 0x61, count: 20)).bytes
        let peer = try WebSocketPeer()
        let beforeWrong = 6 + bytes.count - 1
        try peer.channel.writeInbound(ByteBuffer(bytes: whole[..<beforeWrong]))
        #expect(try peer.received().isEmpty)
        try peer.channel.writeInbound(ByteBuffer(bytes: whole[beforeWrong...beforeWrong]))
        #expect(try peer.received().map(\.code) == [1_007])
    }

    @Test("so it does across frames", arguments: invalid)
    func acrossFrames(bytes: [UInt8]) throws {
        let peer = try WebSocketPeer()
        try peer.send([.text(Array(bytes.dropLast()), isFinal: false)])
        #expect(try peer.received().isEmpty)
        try peer.send([.ping(), .next(Array(bytes.suffix(1)), isFinal: false)])
        #expect(try peer.received().map(\.code) == [nil, 1_007])
    }

    @Test(
        "a text that ends within a character is invalid",
        arguments: [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] as [[UInt8]])
    func incomplete(bytes: [UInt8]) throws {
        let peer = try WebSocketPeer()
        try peer.send([.text(bytes)])
        #expect(try peer.received().map(\.code) == [1_007])
    }

    @Test("a character may be cut anywhere")
    func cutCharacters() throws {
        let text = "κόσμε 😀 \u{10FFFF} \u{D7FF}\u{E000} ok, with enough of ASCII to go by words"
        let peer = try WebSocketPeer()
        let bytes = Array(text.utf8)
        try peer.send(
            [.text([], isFinal: false)] + bytes.map { .next([$0], isFinal: false) } + [.next([], isFinal: true)],
            chop: 1)
        #expect(try peer.messages() == [.text(ByteBuffer(string: text))])
    }

    @Test("binary may be anything")
    func binary() throws {
        let peer = try WebSocketPeer()
        try peer.send([.binary([0xFF, 0xFE])])
        #expect(try peer.messages() == [.binary(ByteBuffer(bytes: [0xFF, 0xFE]))])
    }

    @Test("it agrees with the standard library", arguments: 0..<50)
    func random(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let value =
                    UInt32.random(in: 0...0x10FFFF, using: &generator) >> UInt32.random(in: 0...20, using: &generator)
                bytes += Array(String(Unicode.Scalar(value) ?? "a").utf8)
            }
            if !bytes.isEmpty, Bool.random(using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            var validator = UTF8Validator()
            let accepted = bytes.withUnsafeBytes { validator.accepts($0) } && validator.isComplete
            #expect(accepted == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }
}
