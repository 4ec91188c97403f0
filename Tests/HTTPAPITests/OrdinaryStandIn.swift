import NIOCore

@testable import HTTPAPI

/// Stands behind a front handler for everything that is usually there: it reads requests as they end, counts those it owes
/// an answer, and answers when told to.
final class OrdinaryStandIn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: ConnectionState
    /// All that was handed over.
    private(set) var received: [UInt8] = []
    private(set) var readsCompleted = 0
    private(set) var events: [String] = []
    private var unread: [UInt8] = []
    /// The targets of whole requests that wait for an answer.
    private(set) var waiting: [String] = []
    private var isInBody = false

    init(_ connection: ConnectionState) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        received += bytes
        unread += bytes
        while readRequest() {}
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        readsCompleted += 1
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        events.append("\(event)")
    }

    /// Answers the first one that waits, naming its target.
    func answerNext(on channel: any Channel) {
        guard !waiting.isEmpty else { return }
        let body = "behind \(waiting.removeFirst())"
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        channel.writeAndFlush(ByteBuffer(string: answer), promise: nil)
        connection.unanswered -= 1
    }

    private func readRequest() -> Bool {
        guard let end = unread.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return false }
        let head = String(decoding: unread[..<end], as: UTF8.self)
        if !isInBody { connection.unanswered += 1 }
        isInBody = true
        let length = head.firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
        guard unread.count >= end + length else { return false }
        isInBody = false
        unread.removeFirst(end + length)
        waiting.append(head.split(separator: " ").dropFirst().first.map(String.init) ?? "")
        return true
    }
}
