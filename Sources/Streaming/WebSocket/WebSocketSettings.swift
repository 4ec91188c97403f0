import Core

/// The bounds of one connection.
package struct WebSocketSettings: Sendable {
    /// Of what a client sends; beyond them the connection is failed with 1009.
    package var frameBytesMax = Limits.webSocketFrameBytesMax
    package var messageBytesMax = Limits.webSocketMessageBytesMax
    /// What may wait for a reader beyond what the channel itself buffers; beyond that it is cut off.
    package var outboundBytesMax = Limits.streamOutboundBytesMax
    /// How many messages of the peer are taken before the first of ours; what comes beyond them, pings too, waits for that.
    /// Nil where nothing waits.
    package var messagesBeforeAnswer: Int?
    /// How often the peer is pinged. One that is silent, or has not taken what waits, for a whole interval after that
    /// is cut off, so between one and two intervals after it went away.
    package var pingInterval: Duration = .seconds(25)
    /// How long the peer has to answer a close.
    package var closeTimeout: Duration = .seconds(5)
    /// How long a failed connection stays open, so that the close is read before a reset for unread bytes comes.
    package var lingerTime: Duration = .milliseconds(250)

    package init() {}
}
