/// The bounds of the streams.
package struct StreamSettings: Sendable {
    package var connectionsMax = 10_000
    package var connectionsPerAccountMax = 12
    /// Events kept for each account, for clients that come back.
    package var backlogEventsMax = 256
    /// How long events are kept, and for how long after its last connection an account's are gathered.
    package var backlogAge: Duration = .seconds(300)
    /// Posts of which an account is told the counters: the newest it was told of, and its first page.
    package var postsFollowedMax = 64
    package var firstPageSize = 20
    /// Ticks between two signs of life on one connection. A tick is a second.
    package var heartbeatTicks: UInt64 = 20
    package var tick: Duration = .seconds(1)
    /// Changes that may wait to be told; beyond them everybody is told to load anew.
    package var changesMax = 65_536
    /// Batches of posts that may wait for fan-out.
    package var batchesWaitingMax = 1_024

    package init() {}
}
