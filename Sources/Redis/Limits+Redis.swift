import Core

extension Limits {
    // Replies: past any of these the connection is closed.
    package static let redisBulkBytesMax = 64 * 1024 * 1024
    package static let redisLineBytesMax = 64 * 1024
    package static let redisReplyDepthMax = 16
    package static let redisReplyElementsMax = 4 * 1024 * 1024
    package static let redisBufferedReplyBytesMax = 128 * 1024 * 1024

    // What one connection holds that is not answered yet: past it a batch is refused.
    package static let redisPendingBytesMax = 64 * 1024 * 1024
    package static let redisPendingCommandsMax = 1_000_000

    // Routes
    package static let redisRoundsMax = 16
    package static let redisNodesMax = 1_000

    // Subscriptions
    package static let redisSubscriptionMessagesMax = 4_096
    package static let redisSubscriptionChannelsMax = 65_536
    package static let redisMessageBytesMax = 1024 * 1024
}
