import Core
import NIOCore

/// Messages published to channels, over a connection of its own that is made again whenever it ends.
///
/// Redis keeps no messages: what is published while the connection is away is lost. A `gap` says when that may have
/// happened, also at the start, so that the reader can look at the store. One reader at a time.
package final class RedisSubscription: AsyncSequence, Sendable {
    package enum Event: Sendable, Equatable {
        case message(channel: String, payload: ByteBuffer)
        /// From here on the messages of these channels are complete; some before may be missing.
        case gap(channels: Set<String>)
    }

    private let queue: MessageQueue
    private let keeper: NIOLoopBoundBox<SubscriptionKeeper>
    private let eventLoop: any EventLoop

    init(_ redis: Redis, messagesMax: Int) {
        let queue = MessageQueue(messagesMax: messagesMax)
        let eventLoop = redis.group.next()
        self.queue = queue
        self.eventLoop = eventLoop
        keeper = .makeBoxSendingValue(SubscriptionKeeper(redis, queue: queue, on: eventLoop), eventLoop: eventLoop)
    }

    deinit {
        let keeper = keeper
        eventLoop.execute { keeper.value.close() }
    }

    /// Listens to more channels. A `gap` with them follows when that is so. Those past a bound are ignored.
    package func add(_ channels: [String]) {
        eventLoop.execute { self.keeper.value.add(channels) }
    }

    package func remove(_ channels: [String]) {
        eventLoop.execute { self.keeper.value.remove(channels) }
    }

    /// Ends the connection and the sequence.
    package func close() {
        eventLoop.execute { self.keeper.value.close() }
    }

    /// Whether its connection stands at this moment.
    package var isConnected: Bool {
        get async { (try? await eventLoop.submit { self.keeper.value.isConnected }.get()) ?? false }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscription: RedisSubscription

        /// - Returns: nil after `close`, or when the task is cancelled.
        package mutating func next() async -> Event? { await subscription.queue.next() }
    }
}

extension Redis {
    /// - Parameter messagesMax: messages kept for a slow reader; past it they are dropped, and a `gap` says so.
    package func subscribe(
        to channels: [String], messagesMax: Int = Limits.redisSubscriptionMessagesMax
    ) -> RedisSubscription {
        let subscription = RedisSubscription(self, messagesMax: messagesMax)
        subscription.add(channels)
        return subscription
    }
}
