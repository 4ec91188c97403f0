import NIOCore
import Synchronization
import Telemetry

/// One server: its connections, and the breaker before them.
final class RedisNode: Sendable {
    let address: RedisAddress
    private let links: [RedisLink]
    private let breaker: CircuitBreaker
    private let endpoint: Endpoint
    private let turn = Atomic(0)
    private let isClosed = Atomic(false)

    init(_ endpoint: Endpoint, on eventLoops: [any EventLoop]) {
        address = endpoint.address
        self.endpoint = endpoint
        let breaker = CircuitBreaker(failuresMax: endpoint.settings.breakerFailures)
        self.breaker = breaker
        links = eventLoops.map { RedisLink(endpoint, on: $0, breaker: breaker) }
        breaker.whenOpened { [weak self] in self?.opened() }
    }

    /// - Parameter eventLoop: the one preferred, so that no thread has to wake another.
    func submit(_ outgoing: Outgoing, from eventLoop: (any EventLoop)?) {
        if breaker.isOpen {
            return outgoing.completion(.failure(RedisError(.circuitOpen, "\(address) failed again and again")))
        }
        link(eventLoop).submit(outgoing)
    }

    /// Connects now, and not with the first batch.
    func open() {
        for link in links { link.open() }
    }

    func retire() {
        forgetBreaker()
        for link in links { link.retire() }
    }

    func close() async {
        forgetBreaker()
        for link in links { await link.close() }
    }

    private func link(_ eventLoop: (any EventLoop)?) -> RedisLink {
        if let eventLoop, let link = links.first(where: { $0.eventLoop === eventLoop }) { return link }
        if links.count == 1 { return links[0] }
        let number = turn.wrappingAdd(1, ordering: .relaxed).newValue
        return links[Int(UInt(bitPattern: number) % UInt(links.count))]
    }

    private func opened() {
        endpoint.meters.breakersOpen.increment()
        endpoint.logger.error(
            "Redis failed again and again: it is left alone but for probes",
            metadata: ["address": "\(address)", LogKey.error: "\(breaker.reason)"])
        endpoint.onTrouble()
        scheduleProbe()
    }

    private func scheduleProbe() {
        let delay = endpoint.settings.probeInterval * Double.random(in: 0.75...1.25)
        _ = links[0].eventLoop.scheduleTask(in: TimeAmount(delay)) { self.probe() }
    }

    /// One command that changes nothing decides whether the node is well again.
    private func probe() {
        guard breaker.isOpen, !isClosed.load(ordering: .relaxed) else { return }
        var ping = RedisBatch()
        ping.append(keyless: "PING")
        let outgoing = Outgoing(
            bytes: ping.buffer, replyCount: ping.count, deadline: .after(endpoint.settings.deadline)
        ) { [weak self] result in
            guard let self else { return }
            if case .success(let reply) = result, !reply.hasErrors {
                closeBreaker()
            } else {
                scheduleProbe()
            }
        }
        link(nil).submit(outgoing)
    }

    private func closeBreaker() {
        guard breaker.close() else { return }
        endpoint.meters.breakersOpen.decrement()
        endpoint.logger.notice("Redis answers again", metadata: ["address": "\(address)"])
    }

    /// A node that is gone is not one that fails.
    private func forgetBreaker() {
        isClosed.store(true, ordering: .relaxed)
        if breaker.close() { endpoint.meters.breakersOpen.decrement() }
    }
}
