import Core

/// What a reply may be at most.
package struct ReplyLimits: Sendable {
    package var bulkBytesMax = Limits.redisBulkBytesMax
    package var lineBytesMax = Limits.redisLineBytesMax
    package var depthMax = Limits.redisReplyDepthMax
    package var elementsMax = Limits.redisReplyElementsMax
    /// Bytes read ahead of the end of a batch's last reply.
    package var bufferedBytesMax = Limits.redisBufferedReplyBytesMax

    package init() {}
}
