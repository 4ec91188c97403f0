import Core

/// How the client behaves. Every wait has a bound.
package struct RedisSettings: Sendable {
    /// How long a batch may take when it says nothing of its own.
    package var deadline: Duration = .milliseconds(250)
    /// For a connection to be made, secured and signed in.
    package var connectTimeout: Duration = .seconds(1)
    /// Waits between attempts to connect double from the first to the second, less a random part.
    package var reconnectDelay: ClosedRange<Duration> = .milliseconds(20)...Duration.seconds(1)
    /// How long a connection may leave the oldest batch unanswered before it is closed.
    package var stallMax: Duration = .seconds(2)
    /// Multiplexed connections to each node, one to an event loop; at most as many as there are loops.
    package var connectionsPerNode = 2
    /// Failures in a row after which a node is left alone, but for one probe per `probeInterval`.
    package var breakerFailures = 5
    package var probeInterval: Duration = .milliseconds(250)
    /// How often a cluster's slots are read when nothing suggests that they changed, and when something does.
    package var refreshInterval: Duration = .seconds(30)
    package var refreshIntervalMin: Duration = .milliseconds(100)
    package var pendingBytesMax = Limits.redisPendingBytesMax
    package var pendingCommandsMax = Limits.redisPendingCommandsMax
    package var replyLimits = ReplyLimits()
    /// A file of PEM certificates to trust for `rediss://`; the system's when nil.
    package var trustedCertificates: String?
    /// How often a subscription asks whether its connection is still alive.
    package var subscriptionPing: Duration = .seconds(5)

    package init() {}
}
