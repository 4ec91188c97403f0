import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A WebSocket client made of NIO's codec, which shares nothing with the server's.
package final class WebSocketClient: Sendable {
    /// What comes from the server.
    package enum Heard: Hashable, Sendable {
        case text(String)
        case binary([UInt8])
        case ping
        case pong
        /// A close, with its code and reason.
        case close(Int, String)
        /// The end of the connection.
        case end
    }

    package struct Refused: Error, Hashable {
        package let status: Int

        package init(status: Int) {
            self.status = status
        }
    }

    private let channel: any Channel
    private let heard: AsyncStream<Heard>

    private init(_ channel: any Channel, _ heard: AsyncStream<Heard>) {
        self.channel = channel
        self.heard = heard
    }

    /// Opens a WebSocket on 127.0.0.1.
    /// - Throws: `Refused` where the server answers otherwise than with 101.
    package static func open(
        port: Int, _ target: String = "/v1/stream/ws", headers: [(String, String)] = []
    ) async throws -> WebSocketClient {
        let (heard, says) = AsyncStream.makeStream(of: Heard.self)
        let upgraded = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: 1 << 24) { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            let pipeline = channel.pipeline.syncOperations
                            pipeline.removeHandler(try pipeline.handler(type: Handshake.self), promise: nil)
                            try pipeline.addHandler(FrameListener(says))
                            upgraded.succeed()
                        }
                    }
                    let handshake = Handshake(target: target, headers: headers, refused: upgraded)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers(
                        leftOverBytesStrategy: .forwardBytes,
                        withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
                    try pipeline.addHandler(handshake)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        do { try await upgraded.futureResult.get() } catch {
            channel.close(promise: nil)
            throw error
        }
        return WebSocketClient(channel, heard)
    }

    /// The next that comes, pings left out.
    package func next() async -> Heard {
        var iterator = heard.makeAsyncIterator()
        while let heard = await iterator.next() {
            if heard != .ping { return heard }
        }
        return .end
    }

    /// What comes next but heartbeats, which come whenever they do.
    package func nextEvent() async -> Heard {
        while true {
            let heard = await next()
            guard heard == .text(#"{"event":"heartbeat"}"#) else { return heard }
        }
    }

    package func say(_ text: String) async throws {
        try await send(.text, Array(text.utf8))
    }

    /// Sends one frame, masked.
    package func send(_ opcode: WebSocketOpcode, _ payload: [UInt8] = [], fin: Bool = true) async throws {
        try await channel.writeAndFlush(
            WebSocketFrame(fin: fin, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: payload)))
    }

    package func close(_ code: UInt16 = 1000) async throws {
        try await send(.connectionClose, [UInt8(code >> 8), UInt8(code & 0xFF)])
    }

    /// Reads no more, as a client that hangs.
    package func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    /// Closes without a word.
    package func leave() async {
        do { try await channel.close() } catch {}
    }
}
