import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct AutobahnTests {}
}

extension EndToEnd.AutobahnTests {
    private static let handshake =
        "GET /test/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    private func run(_ cases: [AutobahnCase]) async throws {
        let data = try TemporaryFolder().file("data")
        try await RunningServer.with(data, ["--rate-limits", "off", "--websocket-echo", "on"]) { server in
            for example in cases { try await run(example, server) }
        }
    }

    private func run(_ example: AutobahnCase, _ server: RunningServer) async throws {
        let connection = try RawConnection(port: server.port)
        try await connection.send(Self.handshake)
        let answer = try await connection.receive { $0.text.hasSuffix("\r\n\r\n") }
        try #require(answer.text.hasPrefix("HTTP/1.1 101"), "\(example.name)")
        let size = example.chop ?? max(1, example.sent.count)
        for start in stride(from: 0, to: example.sent.count, by: size) {
            let piece = example.sent[start..<min(start + size, example.sent.count)]
            // A server that has refused it takes no more.
            guard try await connection.send(piece, within: .seconds(30)) else { break }
        }
        var received = try await connection.receive(within: .seconds(30)) { $0.bytes.count >= example.echoed.count }
        #expect(Array(received.bytes.prefix(example.echoed.count)) == example.echoed, "\(example.name)")
        let endsItself = example.failure != nil || example.echoed.first == 0x88
        if !endsItself { try await connection.send(WireFrame.close(1000)) }
        if !received.isClosed { received.bytes += try await connection.receive().bytes }
        let end = Array(received.bytes.dropFirst(example.echoed.count))
        guard example.echoed.first != 0x88 else { return #expect(end == [], "\(example.name)") }
        let code = example.failure ?? 1000
        #expect(
            end.first == 0x88 && end.dropFirst(2).starts(with: [UInt8(code >> 8), UInt8(code & 0xFF)])
                && end.count == 2 + Int(end[1]), "\(example.name): \(end.prefix(20))")
    }

    @Test("1: frames of all lengths")
    func framing() async throws { try await run(AutobahnCase.framing) }

    @Test("2: pings and pongs")
    func pings() async throws { try await run(AutobahnCase.pings) }

    @Test("3: reserved bits")
    func reserved() async throws { try await run(AutobahnCase.reserved) }

    @Test("4: reserved opcodes")
    func opcodes() async throws { try await run(AutobahnCase.opcodes) }

    @Test("5: fragments, and control frames between them")
    func fragments() async throws { try await run(AutobahnCase.fragments) }

    @Test("6: UTF-8, refused at its first wrong byte")
    func texts() async throws { try await run(AutobahnCase.texts) }

    @Test("7: closes and their codes")
    func closes() async throws { try await run(AutobahnCase.closes) }

    @Test("9, 10: sizes up to 16 MiB, in one frame, in many, and in pieces")
    func sizes() async throws { try await run(AutobahnCase.sizes) }
}
