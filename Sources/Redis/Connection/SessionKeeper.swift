import NIOCore
import Telemetry

/// Keeps one session alive: connects, greets, rests after a failure, and connects again. On its event loop only.
final class SessionKeeper {
    private enum Phase {
        case idle
        /// Batches wait: each was taken on, none was sent.
        case connecting(waiting: [Outgoing])
        case ready(RedisSession)
        case resting
        case closed
    }

    private let endpoint: Endpoint
    private let eventLoop: any EventLoop
    private let gauge: PendingGauge
    private let breaker: CircuitBreaker
    private var phase = Phase.idle
    private var delay: ReconnectDelay
    private var isRetired = false

    init(_ endpoint: Endpoint, eventLoop: any EventLoop, gauge: PendingGauge, breaker: CircuitBreaker) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.gauge = gauge
        self.breaker = breaker
        delay = ReconnectDelay(endpoint.settings.reconnectDelay)
    }

    /// - Parameter outgoing: counted in the gauge.
    func accept(_ outgoing: Outgoing) {
        switch phase {
        case .ready(let session): session.send(outgoing)
        case .idle:
            open()
            accept(outgoing)
        case .connecting(var waiting):
            phase = .closed  // so that the array is not copied
            waiting.append(outgoing)
            phase = .connecting(waiting: waiting)
            eventLoop.assumeIsolated().scheduleTask(deadline: outgoing.deadline) { self.expireWaiting() }
        case .resting:
            breaker.failed()
            refuse(outgoing, RedisError(.unavailable, "no connection to \(endpoint.address)"))
        case .closed where isRetired: refuse(outgoing, RedisError(.unavailable, "\(endpoint.address) left the cluster"))
        case .closed: refuse(outgoing, RedisError(.closed, "the client was closed"))
        }
    }

    func open() {
        guard case .idle = phase else { return }
        phase = .connecting(waiting: [])
        connect()
    }

    func retire() {
        isRetired = true
        switch phase {
        case .ready(let session) where !session.isIdle: break
        case .connecting(let waiting) where !waiting.isEmpty: break
        default: return close()
        }
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(endpoint.settings.deadline)) { self.retire() }
    }

    func close() {
        let former = phase
        phase = .closed
        switch former {
        case .ready(let session): session.close()
        case .connecting(let waiting):
            for outgoing in waiting { refuse(outgoing, RedisError(.closed, "the client was closed")) }
        case .idle, .resting, .closed: break
        }
    }

    private func connect() {
        let (settings, gauge, breaker) = (endpoint.settings, gauge, breaker)
        let box = NIOLoopBoundBox<RedisSession?>(nil, eventLoop: eventLoop)
        let connected = endpoint.connect(on: eventLoop) { channel in
            let session = RedisSession(settings: settings, gauge: gauge, breaker: breaker)
            box.value = session
            try channel.pipeline.syncOperations.addHandler(session)
        }
        connected.assumeIsolated().whenComplete { result in
            switch result {
            case .success: if let session = box.value { self.greet(session) }
            case .failure(let error): self.rest(because: String(describing: error))
            }
        }
    }

    private func greet(_ session: RedisSession) {
        guard case .connecting = phase else { return session.close() }
        let greeting = endpoint.greeting
        let bound = NIOLoopBound(session, eventLoop: eventLoop)
        let keeper = NIOLoopBound(self, eventLoop: eventLoop)
        let outgoing = Outgoing(
            bytes: greeting.buffer, replyCount: greeting.count, deadline: .after(endpoint.settings.connectTimeout)
        ) { result in
            keeper.value.greeted(bound.value, result, replyCount: greeting.count)
        }
        guard gauge.add(outgoing) else { return rest(because: "too much waits") }
        session.send(outgoing)
    }

    private func greeted(_ session: RedisSession, _ result: Result<Outgoing.Reply, RedisError>, replyCount: Int) {
        guard case .connecting(let waiting) = phase else { return session.close() }
        switch result {
        case .failure(let error):
            session.close()
            rest(because: error.description)
        case .success(let reply):
            if reply.hasErrors {
                let errors = RedisReplies(count: replyCount, buffer: reply.bytes).compactMap(\.error)
                session.close()
                return rest(because: errors.first?.detail ?? "refused")
            }
            delay.reset()
            phase = .ready(session)
            session.onEnd = { self.lost($0) }
            endpoint.meters.connects.increment()
            endpoint.logger.info("connected to Redis", metadata: ["address": "\(endpoint.address)"])
            for outgoing in waiting { session.send(outgoing) }
        }
    }

    private func lost(_ error: RedisError) {
        guard case .ready = phase else { return }
        phase = .connecting(waiting: [])
        endpoint.onTrouble()
        endpoint.logger.warning(
            "lost the connection to Redis",
            metadata: ["address": "\(endpoint.address)", "error": "\(error.detail)"])
        isRetired ? close() : connect()
    }

    /// Those that wait fail, and the next attempt comes after a while.
    private func rest(because reason: String) {
        guard case .connecting(let waiting) = phase else { return }
        phase = .resting
        breaker.failed(because: reason)
        endpoint.onTrouble()
        endpoint.logger.debug(
            "cannot connect to Redis", metadata: ["address": "\(endpoint.address)", "error": "\(reason)"])
        for outgoing in waiting {
            refuse(outgoing, RedisError(.unavailable, "cannot connect to \(endpoint.address): \(reason)"))
        }
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay.next())) {
            guard case .resting = self.phase else { return }
            self.phase = .idle
            self.open()
        }
    }

    private func expireWaiting() {
        guard case .connecting(let waiting) = phase else { return }
        let now = NIODeadline.now()
        phase = .connecting(waiting: waiting.filter { $0.deadline > now })
        for outgoing in waiting where outgoing.deadline <= now {
            breaker.failed(because: "connecting took too long")
            refuse(outgoing, RedisError(.unavailable, "connecting to \(endpoint.address) took too long"))
        }
    }

    private func refuse(_ outgoing: Outgoing, _ error: RedisError) {
        gauge.remove(bytes: outgoing.bytes.readableBytes, commands: outgoing.replyCount)
        outgoing.completion(.failure(error))
    }
}
