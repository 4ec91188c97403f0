import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPAPI

/// A connection whose front desk answers `/warm/…`, with a stand-in behind.
struct FrontConnection {
    let state = ConnectionState()
    let channel = EmbeddedChannel()
    let ordinary: OrdinaryStandIn

    init(_ desk: FrontDesk) throws {
        ordinary = OrdinaryStandIn(state)
        let front = FrontHandler(desk: desk, connection: state, address: "192.0.2.1")
        try channel.pipeline.syncOperations.addHandlers([front, ordinary])
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
    }

    /// One read of the socket.
    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// The bodies of what was sent until now.
    func answers() throws -> [String] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        var bodies: [String] = []
        while let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
            let head = String(decoding: bytes[..<end], as: UTF8.self)
            let length = head.firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
            bodies.append(String(decoding: bytes[end..<(end + length)], as: UTF8.self))
            bytes.removeFirst(end + length)
        }
        #expect(bytes.isEmpty)
        return bodies
    }
}
