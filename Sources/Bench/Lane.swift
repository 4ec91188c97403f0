import NIOCore

/// The share of a run that lives on one event loop: connections, counters, and what to send when.
protocol Lane: AnyObject {
    var tally: Tally { get set }
    var connections: [LoadConnection] { get }

    /// Starts sending on connections that are open.
    func start()

    /// Stops sending; returns how many due requests were still waiting for a connection.
    func stop() -> Int

    /// Called once a second with the time before which requests on the wire are given up.
    func tick(now: NIODeadline)

    /// A connection opened, or its response is complete and it can take another request.
    func connectionIsReady(_ connection: LoadConnection)

    /// A request ended, with nil for a transport failure. The connection has counted it.
    func connection(_ connection: LoadConnection, finished request: PendingRequest, with response: Response?)
}

/// A lane as seen from outside its event loop.
struct LaneHandle: Sendable {
    private let lane: NIOLoopBound<any Lane>
    private let requestTimeout: TimeAmount

    init(_ lane: any Lane, on eventLoop: any EventLoop, requestTimeout: Duration) {
        self.lane = NIOLoopBound(lane, eventLoop: eventLoop)
        self.requestTimeout = TimeAmount(requestTimeout)
    }

    /// Opens every connection; fails when one cannot be opened.
    func open() async throws {
        let eventLoop = lane.eventLoop
        try await eventLoop.flatSubmit { [lane] in
            EventLoopFuture.andAllSucceed(lane.value.connections.map { $0.open() }, on: eventLoop)
        }.get()
    }

    func start() async throws {
        try await lane.eventLoop.submit { [lane] in lane.value.start() }.get()
    }

    /// Forgets what was counted so far.
    func resetTally() async throws {
        try await lane.eventLoop.submit { [lane] in lane.value.tally = Tally() }.get()
    }

    /// Gives up overdue requests and returns the counters.
    func tick() async throws -> Tally {
        try await lane.eventLoop.submit { [lane, requestTimeout] in
            let lane = lane.value
            let now = NIODeadline.now()
            for connection in lane.connections { connection.timeOut(sentBefore: now - requestTimeout) }
            lane.tick(now: now)
            return lane.tally
        }.get()
    }

    /// Stops, closes the connections and returns the final counters.
    func stop() async throws -> Tally {
        try await lane.eventLoop.submit { [lane] in
            let lane = lane.value
            let waiting = lane.stop()
            lane.tally.unfinished = UInt64(waiting + lane.connections.count { $0.isBusy })
            for connection in lane.connections { connection.close() }
            return lane.tally
        }.get()
    }
}
