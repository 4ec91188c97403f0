import NIOCore

/// Commands on their way to one node.
struct Outgoing: Sendable {
    /// Their replies, all in one piece.
    struct Reply: Sendable {
        let bytes: ByteBuffer
        /// Whether one of them is an error.
        let hasErrors: Bool
    }

    let bytes: ByteBuffer
    /// Replies to come: one for each command.
    let replyCount: Int
    let deadline: NIODeadline
    /// Called exactly once, on any thread; it must not block.
    let completion: @Sendable (Result<Reply, RedisError>) -> Void
}

extension NIODeadline {
    static func after(_ duration: Duration) -> NIODeadline { .now() + TimeAmount(duration) }
}
