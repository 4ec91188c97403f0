import Core
import NIOCore
import Synchronization
import Telemetry

/// What stands behind the URL: one server or a cluster, found out by asking, and asked again when it may have changed.
final class Topology: Sendable {
    enum Shape: Sendable {
        case unknown
        case single(RedisNode)
        case cluster(SlotMap)
    }

    private struct State {
        var shape = Shape.unknown
        var isRefreshing = false
        /// When to ask, if a timer runs.
        var due: NIODeadline?
        var lastAsked = NIODeadline.uptimeNanoseconds(0)
        /// When it was last told that the servers are no cluster.
        var toldAt: NIODeadline?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let url: RedisURL
    private let settings: RedisSettings
    let eventLoop: any EventLoop
    private let meters: RedisMeters
    private let logger: Logger
    let directory: NodeDirectory
    /// Succeeds once the shape is known.
    let known: EventLoopPromise<Void>

    init(
        _ url: RedisURL, _ settings: RedisSettings, on eventLoop: any EventLoop, directory: NodeDirectory,
        meters: RedisMeters, logger: Logger
    ) {
        self.url = url
        self.settings = settings
        self.eventLoop = eventLoop
        self.directory = directory
        self.meters = meters
        self.logger = logger
        known = eventLoop.makePromise()
    }

    deinit {
        known.fail(RedisError(.closed, "the client is gone"))
    }

    var shape: Shape { state.withLock(\.shape) }

    /// Any node, for what has no key.
    var anyNode: RedisNode? {
        switch shape {
        case .unknown: nil
        case .single(let node): node
        case .cluster(let map): map.nodes.randomElement()
        }
    }

    /// Asks again, at once or when the least interval since the last time is over.
    func refreshSoon() {
        schedule(notBefore: settings.refreshIntervalMin)
    }

    func close() async {
        state.withLock { $0.isClosed = true }
        known.fail(RedisError(.closed, "the client was closed"))
        await directory.close()
    }

    /// - Parameter interval: since the last time.
    private func schedule(notBefore interval: Duration) {
        let due: NIODeadline? = state.withLock { state in
            if state.isClosed || state.isRefreshing { return nil }
            if case .single = state.shape { return nil }
            let due = max(state.lastAsked + TimeAmount(interval), .now())
            if let earlier = state.due, earlier <= due { return nil }
            state.due = due
            return due
        }
        guard let due else { return }
        _ = eventLoop.scheduleTask(deadline: due) { self.refresh(due: due) }
    }

    private func refresh(due: NIODeadline) {
        let shape: Shape? = state.withLock { state in
            // Another timer took its place.
            guard !state.isClosed, !state.isRefreshing, state.due == due else { return nil }
            state.isRefreshing = true
            state.due = nil
            state.lastAsked = .now()
            return state.shape
        }
        guard let shape else { return }
        var candidates: [RedisAddress] = []
        if case .cluster(let map) = shape { candidates = map.nodes.map(\.address).shuffled() }
        candidates += url.seeds.shuffled().filter { !candidates.contains($0) }
        ask(candidates[...])
    }

    /// Asks one after the other until one answers.
    private func ask(_ candidates: ArraySlice<RedisAddress>) {
        guard let address = candidates.first else { return refreshed(nil) }
        let node = directory.node(at: address)
        var batch = RedisBatch()
        batch.append(keyless: "CLUSTER", "SLOTS")
        let outgoing = Outgoing(bytes: batch.buffer, replyCount: 1, deadline: .after(settings.deadline * 2)) { result in
            do {
                let answer = try RedisReplies(count: 1, buffer: result.get().bytes).only()
                self.refreshed(try self.shape(answer, from: node))
            } catch {
                self.logger.debug(
                    "cannot read the cluster's slots", metadata: ["address": "\(address)", "error": "\(error)"])
                self.ask(candidates.dropFirst())
            }
        }
        node.submit(outgoing, from: eventLoop)
    }

    private func shape(_ answer: RedisReply, from node: RedisNode) throws -> Shape {
        if let error = answer.error, error.detail.contains("cluster support disabled") {
            guard url.seeds.count == 1 else {
                let error = RedisError(
                    .invalidSetting, "several Redis servers are named, and \(node.address) is no cluster's")
                tell(error)
                known.fail(error)
                throw error
            }
            return .single(node)
        }
        let ranges = try SlotMap.ranges(answer, askedHost: node.address.host)
        guard !ranges.isEmpty else { throw RedisError(.unexpectedReply, "\(node.address) knows no slots") }
        return .cluster(SlotMap(ranges) { directory.node(at: $0) })
    }

    /// Nobody may wait for `known`, and without a shape no server is asked for anything.
    private func tell(_ error: RedisError) {
        let isDue = state.withLock { state in
            guard state.toldAt.map({ $0 + .minutes(1) <= .now() }) ?? true else { return false }
            state.toldAt = .now()
            return true
        }
        if isDue { logger.error("Redis is not used", metadata: ["error": "\(error.detail)"]) }
    }

    /// - Parameter shape: nil if nobody answered.
    private func refreshed(_ shape: Shape?) {
        let isClosed = state.withLock { state in
            state.isRefreshing = false
            if let shape { state.shape = shape }
            return state.isClosed
        }
        if isClosed { return }
        guard let shape else { return schedule(notBefore: settings.refreshIntervalMin * 2) }
        meters.refreshes.increment()
        if case .cluster(let map) = shape { directory.keep(only: Set(map.nodes.map(\.address))) }
        known.succeed()
        schedule(notBefore: settings.refreshInterval * Double.random(in: 0.8...1.2))
    }
}
