import Telemetry

extension MetricName {
    package static let redisBatches = "starling_redis_batches"
    package static let redisCommands = "starling_redis_commands"
    /// Label `reason`: a `RedisError.Code`.
    package static let redisFailures = "starling_redis_failures"
    /// Label `kind`: `moved`, `ask`, `wait` or `script`.
    package static let redisRedirects = "starling_redis_redirects"
    package static let redisConnects = "starling_redis_connects"
    package static let redisTopologyRefreshes = "starling_redis_topology_refreshes"
    /// Nodes that are refused at once because they failed again and again.
    package static let redisBreakersOpen = "starling_redis_breakers_open"
    package static let redisBatchSeconds = "starling_redis_batch_seconds"
    package static let redisSubscriptionGaps = "starling_redis_subscription_gaps"

    /// Help texts of the above, by name.
    package static let redisHelp: [String: String] = [
        redisBatches: "Batches sent to Redis.",
        redisCommands: "Commands sent to Redis.",
        redisFailures: "Batches that Redis did not answer, by reason.",
        redisRedirects: "Commands sent again because Redis had not run them, by what it answered.",
        redisConnects: "Connections made to Redis.",
        redisTopologyRefreshes: "Times the slots of the cluster were read.",
        redisBreakersOpen: "Redis nodes that are not asked because they failed again and again.",
        redisBatchSeconds: "Time from the sending of a batch to its last reply.",
        redisSubscriptionGaps: "Times a subscription may have missed messages.",
    ]
}
