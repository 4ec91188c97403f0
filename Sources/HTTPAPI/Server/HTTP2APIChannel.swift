import Core
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// A connection of HTTP/2, whose requests all go the ordinary way.
///
/// Hummingbird's own channel leaves the bounds of HTTP/2 at their defaults and knows no deadlines within a request.
struct HTTP2APIChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<HTTP1Channel.Value>
        let channel: any Channel
    }

    /// What reads the parts of a request and has them answered; a stream has those of one.
    private let requests: HTTP1Channel
    private let deadlines: ConnectionGuard.Deadlines

    init(responder: @escaping HTTPChannelHandler.Responder, deadlines: ConnectionGuard.Deadlines) {
        requests = HTTP1Channel(responder: responder)
        self.deadlines = deadlines
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let connection = HTTP2ConnectionGuard(deadlines)
            let shared = NIOLoopBound(connection, eventLoop: channel.eventLoop)
            let deadlines = deadlines
            let pipeline = channel.pipeline.syncOperations
            let multiplexer = try pipeline.configureAsyncHTTP2Pipeline(
                mode: .server,
                // It says good-bye when asked to stop; when that is, is for the guard to say.
                connectionManagerConfiguration: .init(maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil),
                http2HandlerConfiguration: Self.bounds
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    let pipeline = stream.pipeline.syncOperations
                    try pipeline.addHandlers(
                        HTTP2FramePayloadToHTTPServerCodec(), StreamGuard(deadlines, shared.value))
                    return try HTTP1Channel.Value(wrappingChannelSynchronously: stream)
                }
            }
            try pipeline.addHandler(connection)
            return Value(multiplexer: multiplexer, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await stream in value.multiplexer.inbound {
                    tasks.addTask { await requests.handle(value: stream, logger: logger) }
                }
            }
        } catch {
            logger.trace("HTTP/2 connection failed: \(error)")
        }
    }

    /// Beyond these a connection ends, with GOAWAY. They answer, in this order: bodies that never end in one stream, header
    /// bombs, floods of CONTINUATION (CVE-2024-27316), of empty DATA, of PING and SETTINGS and of what those are answered
    /// with (CVE-2019-9512, 9515), rapid reset (CVE-2023-44487) and resets that a client provokes (CVE-2025-8671).
    private static let bounds: NIOHTTP2Handler.Configuration = {
        var bounds = NIOHTTP2Handler.Configuration()
        bounds.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Limits.streamsMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: Limits.headerBytesMax),
        ]
        bounds.connection.maximumSequentialContinuationFrames = Limits.continuationFramesMax
        bounds.connection.maximumSequentialEmptyDataFrames = 1
        bounds.connection.controlFrameRateLimit.maximumCount = Limits.controlFramesMax
        bounds.connection.maximumBufferedControlFrames = Limits.controlFramesQueuedMax
        bounds.stream.streamResetFrameRateLimit.maximumCount = Limits.streamResetsMax
        bounds.stream.streamErrorRateLimit.maximumCount = Limits.streamErrorsMax
        bounds.connection.maximumConnectionGlitches = Limits.streamErrorsMax
        return bounds
    }()
}
