import NIOCore
import Synchronization

/// The way to one node over one connection, which is made when first needed and made again when it ends.
///
/// Batches are handed in on any thread; those from other threads are gathered, so that many wake the loop once.
final class RedisLink: Sendable {
    private struct Mailbox {
        var items: [Outgoing] = []
        var isScheduled = false
    }

    let eventLoop: any EventLoop
    private let mailbox = Mutex(Mailbox())
    private let gauge: PendingGauge
    private let keeper: NIOLoopBoundBox<SessionKeeper>

    init(_ endpoint: Endpoint, on eventLoop: any EventLoop, breaker: CircuitBreaker) {
        self.eventLoop = eventLoop
        let gauge = PendingGauge(
            bytesMax: endpoint.settings.pendingBytesMax, commandsMax: endpoint.settings.pendingCommandsMax)
        self.gauge = gauge
        keeper = .makeBoxSendingValue(
            SessionKeeper(endpoint, eventLoop: eventLoop, gauge: gauge, breaker: breaker), eventLoop: eventLoop)
    }

    func submit(_ outgoing: Outgoing) {
        guard gauge.add(outgoing) else {
            return outgoing.completion(
                .failure(RedisError(.overloaded, "too many bytes or commands wait for an answer")))
        }
        if eventLoop.inEventLoop { return keeper.value.accept(outgoing) }
        let wakes = mailbox.withLock { mailbox in
            mailbox.items.append(outgoing)
            defer { mailbox.isScheduled = true }
            return !mailbox.isScheduled
        }
        if wakes { eventLoop.execute { self.drain() } }
    }

    /// Connects now, and not with the first batch.
    func open() {
        eventLoop.execute { self.keeper.value.open() }
    }

    /// Refuses new batches, and ends once those under way are answered.
    func retire() {
        eventLoop.execute { self.keeper.value.retire() }
    }

    /// Ends at once; batches under way fail.
    func close() async {
        try? await eventLoop.submit { self.keeper.value.close() }.get()
    }

    private func drain() {
        let items = mailbox.withLock { mailbox in
            mailbox.isScheduled = false
            defer { mailbox.items = [] }
            return mailbox.items
        }
        for item in items { keeper.value.accept(item) }
    }
}
