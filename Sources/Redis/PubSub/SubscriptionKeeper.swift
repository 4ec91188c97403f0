import Core
import NIOCore
import Telemetry

/// Keeps one listening connection alive, and its channels subscribed. On its event loop only.
final class SubscriptionKeeper {
    private let redis: Redis
    private let queue: MessageQueue
    private let eventLoop: any EventLoop
    private var channels: Set<String> = []
    /// Sent to the server and not confirmed yet.
    private var unconfirmed: Set<String> = []
    private var session: SubscriptionSession?
    private var delay: ReconnectDelay
    private var isStarted = false
    private var isClosed = false

    init(_ redis: Redis, queue: MessageQueue, on eventLoop: any EventLoop) {
        self.redis = redis
        self.queue = queue
        self.eventLoop = eventLoop
        delay = ReconnectDelay(redis.settings.reconnectDelay)
    }

    var isConnected: Bool { session != nil }

    func add(_ names: [String]) {
        let room = Limits.redisSubscriptionChannelsMax - channels.count
        let added = Set(names.filter { !channels.contains($0) }.prefix(max(0, room)))
        channels.formUnion(added)
        if isStarted { return subscribe(added) }
        isStarted = true
        connect()
    }

    func remove(_ names: [String]) {
        let removed = channels.intersection(names)
        channels.subtract(removed)
        unconfirmed.subtract(removed)
        guard let session, !removed.isEmpty else { return }
        var batch = RedisBatch()
        for name in removed { batch.append(keyless: "UNSUBSCRIBE", name) }
        session.send(batch)
    }

    func close() {
        isClosed = true
        queue.close()
        session?.end(RedisError(.closed, "the subscription was closed"))
        session = nil
    }

    private func connect() {
        guard !isClosed else { return }
        guard let address = redis.topology.anyNode?.address else { return rest() }
        let endpoint = redis.endpoint(address)
        var limits = redis.settings.replyLimits
        limits.bulkBytesMax = min(limits.bulkBytesMax, Limits.redisMessageBytesMax)
        let box = NIOLoopBoundBox<SubscriptionSession?>(nil, eventLoop: eventLoop)
        let connected = endpoint.connect(on: eventLoop) { [limits] channel in
            let session = SubscriptionSession(limits: limits)
            box.value = session
            try channel.pipeline.syncOperations.addHandler(session)
        }
        connected.assumeIsolated().whenComplete { result in
            guard case .success = result, let session = box.value else { return self.rest() }
            self.greet(session, endpoint)
        }
    }

    private func greet(_ session: SubscriptionSession, _ endpoint: Endpoint) {
        if isClosed { return session.end(RedisError(.closed, "the subscription was closed")) }
        self.session = session
        session.onReply = { try self.receive($0) }
        session.onEnd = { error in
            self.session = nil
            endpoint.logger.debug("a Redis subscription lost its connection", metadata: ["error": "\(error.detail)"])
            self.rest()
        }
        session.send(endpoint.greeting)
        unconfirmed = []
        subscribe(channels)
        watch(session)
    }

    private func subscribe(_ names: Set<String>) {
        guard let session, !names.isEmpty else { return }
        unconfirmed.formUnion(names)
        var batch = RedisBatch()
        for name in names { batch.append(keyless: "SUBSCRIBE", name) }
        session.send(batch)
    }

    /// - Throws: `RedisError` for what has no place here, which ends the connection.
    private func receive(_ reply: RedisReply) throws {
        if let error = reply.error { throw error }
        // The replies to the greeting.
        guard let values = try? reply.elements().map(Array.init), let kind = try values.first?.string() else { return }
        switch (kind, values.count) {
        case ("message", 3):
            guard let channel = try values[1].string(), channels.contains(channel) else { return }
            // Copied: the message may be kept while the connection reads on.
            let payload = try values[2].withBytes { ByteBuffer(bytes: $0) } ?? ByteBuffer()
            if !queue.add(.message(channel: channel, payload: payload)) { reportGap(channels) }
        case ("subscribe", 3):
            guard let channel = try values[1].string(), unconfirmed.remove(channel) != nil else { return }
            delay.reset()
            reportGap([channel])
        default: return
        }
    }

    private func reportGap(_ names: Set<String>) {
        redis.meters.gaps.increment()
        queue.addGap(names)
    }

    /// A connection that says nothing, not even to a `PING`, is dead.
    private func watch(_ session: SubscriptionSession) {
        let interval = TimeAmount(redis.settings.subscriptionPing)
        eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak session] in
            guard let session, session === self.session else { return }
            if session.lastHeard + interval * 2 < .now() {
                return session.end(RedisError(.connectionLost, "no sign of life"))
            }
            var ping = RedisBatch()
            ping.append(keyless: "PING")
            session.send(ping)
            self.watch(session)
        }
    }

    private func rest() {
        session = nil
        guard !isClosed else { return }
        redis.topology.refreshSoon()
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay.next())) { self.connect() }
    }
}
