import NIOCore

/// Reads and writes without a relation between them: the scenarios `feed`, `publish` and `mixed`.
final class LoadLane: Lane {
    /// `mixed` makes every eleventh request a write: ten reads to one write.
    private static let mixedPeriod = 11

    struct Placement {
        let number: Int
        let count: Int
        let eventLoop: any EventLoop
    }

    var tally = Tally()
    private(set) var connections: [LoadConnection] = []
    private let scenario: BenchScenario
    private let eventLoop: any EventLoop
    private let tokenStride: Int
    private let waitingMax: Int
    private let rate: Double?
    private let phase: Double
    private var factory: RequestFactory
    private var schedule: ArrivalSchedule?
    private var ready = CircularBuffer<LoadConnection>()
    private var waiting = CircularBuffer<NIODeadline>()
    private var requestsStarted: Int
    private var isRunning = false

    init(_ options: BenchOptions, factory: RequestFactory, placement: Placement) {
        scenario = options.scenario
        eventLoop = placement.eventLoop
        tokenStride = options.connections
        waitingMax = max(1, options.queueMax / placement.count)
        rate = options.effectiveRate.map { $0 / Double(placement.count) }
        phase = Double(placement.number) / Double(placement.count)
        requestsStarted = placement.number * Self.mixedPeriod / placement.count
        self.factory = factory.lane(placement.number)
        connections = stride(from: placement.number, to: options.connections, by: placement.count).map { number in
            let connection = LoadConnection(
                number: number, address: options.address, eventLoop: placement.eventLoop, lane: self)
            connection.token = number % factory.tokenCount
            return connection
        }
    }

    func start() {
        isRunning = true
        if let rate {
            schedule = ArrivalSchedule(start: .now(), rate: rate, phase: phase)
            pace()
        } else {
            while let connection = popReady() { send(on: connection, startedAt: .now()) }
        }
    }

    func stop() -> Int {
        isRunning = false
        return waiting.count
    }

    func tick(now: NIODeadline) {}

    func connectionIsReady(_ connection: LoadConnection) {
        guard isRunning else { return ready.append(connection) }
        if rate == nil {
            send(on: connection, startedAt: .now())
        } else if let due = waiting.popFirst() {
            send(on: connection, startedAt: due)
        } else {
            ready.append(connection)
        }
    }

    func connection(_ connection: LoadConnection, finished request: PendingRequest, with response: Response?) {}

    /// Starts whatever is due and sleeps until the next arrival.
    private func pace() {
        guard isRunning else { return }
        while let due = schedule?.take(dueBy: .now()) { dispatch(due) }
        guard let next = schedule?.next else { return }
        eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.pace() }
    }

    private func dispatch(_ due: NIODeadline) {
        if let connection = popReady() {
            send(on: connection, startedAt: due)
        } else if waiting.count < waitingMax {
            waiting.append(due)
        } else {
            tally.dropped += 1
        }
    }

    /// The connection idle for longest. One that closed while idle is skipped: it comes back when it is open again.
    private func popReady() -> LoadConnection? {
        while let connection = ready.popFirst() {
            if connection.isReady { return connection }
        }
        return nil
    }

    private func send(on connection: LoadConnection, startedAt: NIODeadline) {
        let token = connection.token
        connection.token = (token + tokenStride) % factory.tokenCount
        requestsStarted += 1
        let writes =
            switch scenario {
            case .feed, .fanout: false
            case .publish, .react: true
            case .mixed: requestsStarted % Self.mixedPeriod == 0
            }
        let bytes = writes ? factory.write(token: token) : factory.read(token: token)
        connection.send(bytes, writes ? .write : .read, startedAt: startedAt, now: .now())
    }
}
