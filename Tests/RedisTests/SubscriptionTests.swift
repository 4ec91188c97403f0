import NIOCore
import Testing
import TestServers

@testable import Redis

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.timeLimit(.minutes(10))) struct SubscriptionTests {
    @Test("messages of the channels subscribed to, from the gap on", arguments: Deployment.all)
    func messages(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let (first, second) = (freshKey("first"), freshKey("second"))
            let subscription = redis.subscribe(to: [first])
            var events = subscription.makeAsyncIterator()
            #expect(await events.next() == .gap(channels: [first]))
            try await publish("one", to: second, redis)
            try await publish("two", to: first, redis)
            #expect(await events.next() == .message(channel: first, payload: ByteBuffer(string: "two")))
            subscription.add([second])
            #expect(await events.next() == .gap(channels: [second]))
            subscription.remove([first])
            try await eventually("nobody listens to the first") {
                try await publish("three", to: first, redis) == 0
            }
            try await publish("four", to: second, redis)
            var next = await events.next()
            while next == .message(channel: first, payload: ByteBuffer(string: "three")) { next = await events.next() }
            #expect(next == .message(channel: second, payload: ByteBuffer(string: "four")))
            subscription.close()
            #expect(await events.next() == nil)
        }
    }

    @Test("after a lost connection the channels are subscribed again, and a gap says so")
    func reconnect() async throws {
        let server = try await RedisServer()
        defer { server.stop() }
        try await withRedis(server.url) { redis in
            let subscription = redis.subscribe(to: ["news"])
            var events = subscription.makeAsyncIterator()
            #expect(await events.next() == .gap(channels: ["news"]))
            try server.command("CLIENT", "KILL", "TYPE", "pubsub")
            #expect(await events.next() == .gap(channels: ["news"]))
            server.signal(SIGKILL)
            try await server.restart()
            #expect(await events.next() == .gap(channels: ["news"]))
            try server.command("PUBLISH", "news", "back")
            #expect(await events.next() == .message(channel: "news", payload: ByteBuffer(string: "back")))
        }
    }

    @Test("a silent server is noticed")
    func silence() async throws {
        let server = try await RedisServer()
        defer { server.stop() }
        var settings = RedisSettings.patient
        settings.subscriptionPing = .milliseconds(50)
        try await withRedis(server.url, settings) { redis in
            let subscription = redis.subscribe(to: ["news"])
            var events = subscription.makeAsyncIterator()
            #expect(await events.next() == .gap(channels: ["news"]))
            server.signal(SIGSTOP)
            try await eventually("the connection is given up") { await !subscription.isConnected }
            server.signal(SIGCONT)
            #expect(await events.next() == .gap(channels: ["news"]))
        }
    }

    @Test("a reader that is too slow misses messages, and is told")
    func overflow() {
        let queue = MessageQueue(messagesMax: 3)
        func message(_ number: Int) -> RedisSubscription.Event {
            .message(channel: "news", payload: ByteBuffer(integer: number))
        }
        #expect((0..<3).allSatisfy { queue.add(message($0)) })
        #expect(!queue.add(message(3)))
        #expect(queue.add(message(4)))
    }

    @Test("a task that is cancelled stops reading")
    func cancellation() async throws {
        let queue = MessageQueue(messagesMax: 3)
        let reader = Task { await queue.next() }
        reader.cancel()
        #expect(await reader.value == nil)
        queue.addGap(["news"])
        #expect(await queue.next() == .gap(channels: ["news"]))
    }

    @discardableResult
    private func publish(_ text: String, to channel: String, _ redis: Redis) async throws -> Int64? {
        var batch = RedisBatch()
        batch.append(keyless: "PUBLISH", channel, text)
        return try await redis.send(batch).only().integer()
    }
}
