import NIOCore

/// One author publishes at a fixed rate on the first connection; a follower on each other connection polls its feed
/// from the moment a post is sent until it shows the post.
final class FanoutLane: Lane {
    var tally = Tally()
    private(set) var connections: [LoadConnection] = []
    private let eventLoop: any EventLoop
    private let rate: Double
    private let pollInterval: TimeAmount
    private let visibleTimeout: TimeAmount
    private let waitingMax: Int
    private var factory: RequestFactory
    private var schedule: ArrivalSchedule?
    private var waiting = CircularBuffer<NIODeadline>()
    private var tracker: FanoutTracker
    /// By connection: whether a poll is scheduled or on the wire.
    private var isPolling: [Bool]
    private var isRunning = false

    /// - Parameter factory: its first token is the author's, the others are the readers' in order.
    init(_ options: BenchOptions, factory: RequestFactory, rate: Double, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.rate = rate
        self.factory = factory
        pollInterval = TimeAmount(options.pollInterval)
        visibleTimeout = TimeAmount(options.requestTimeout)
        waitingMax = options.queueMax
        tracker = FanoutTracker(readerCount: factory.tokenCount - 1)
        isPolling = Array(repeating: false, count: factory.tokenCount)
        connections = (0..<factory.tokenCount).map {
            let connection = LoadConnection(number: $0, address: options.address, eventLoop: eventLoop, lane: self)
            connection.token = $0
            return connection
        }
    }

    func start() {
        isRunning = true
        schedule = ArrivalSchedule(start: .now(), rate: rate)
        pace()
    }

    func stop() -> Int {
        isRunning = false
        return waiting.count
    }

    func tick(now: NIODeadline) {
        tally.missed += UInt64(tracker.expire(before: now - visibleTimeout))
    }

    func connectionIsReady(_ connection: LoadConnection) {
        if connection.number == 0 {
            publishNext()
        } else if tracker.isWaiting(reader: connection.number - 1) {
            schedulePoll(connection, in: pollInterval)
        }
    }

    func connection(_ connection: LoadConnection, finished request: PendingRequest, with response: Response?) {
        let ids = response.flatMap { $0.isSuccess ? PostIDs.all(in: $0.body) : nil } ?? []
        let latencies: [TimeAmount]
        if connection.number > 0 {
            isPolling[connection.number] = false
            latencies = tracker.reader(connection.number - 1, saw: ids, at: .now())
        } else if let id = ids.first {
            latencies = tracker.published(id, startedAt: request.startedAt)
        } else {
            latencies = []
            tracker.publishFailed()
        }
        for latency in latencies { tally.countVisible(after: latency) }
    }

    private func pace() {
        guard isRunning else { return }
        while let due = schedule?.take(dueBy: .now()) {
            if waiting.count < waitingMax { waiting.append(due) } else { tally.dropped += 1 }
        }
        publishNext()
        guard let next = schedule?.next else { return }
        eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.pace() }
    }

    /// Publishes the next post that is due, unless one is on the wire: in turn, so that their order is known.
    private func publishNext() {
        guard isRunning, connections[0].isReady, let due = waiting.popFirst() else { return }
        tracker.publishStarted()
        connections[0].send(factory.write(token: 0), .write, startedAt: due, now: .now())
        for reader in connections.dropFirst() {
            // Spread over the interval: readers that poll in step would all be late, or early, together.
            schedulePoll(reader, in: .nanoseconds(.random(in: 0...pollInterval.nanoseconds)))
        }
    }

    private func schedulePoll(_ reader: LoadConnection, in delay: TimeAmount) {
        guard isRunning, !isPolling[reader.number] else { return }
        isPolling[reader.number] = true
        eventLoop.assumeIsolated().scheduleTask(in: delay) { self.poll(reader) }
    }

    private func poll(_ reader: LoadConnection) {
        guard isRunning, reader.isReady else {
            isPolling[reader.number] = false
            return
        }
        let now = NIODeadline.now()
        reader.send(factory.read(token: reader.token), .read, startedAt: now, now: now)
    }
}
