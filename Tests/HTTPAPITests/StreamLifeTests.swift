import Accounts
import Streaming
import Synchronization
import Testing

@testable import HTTPAPI

/// A client whose connection takes what it is told to take.
private final class Reader: StreamOutlet {
    let takes: Atomic<Bool>
    private let heard: AsyncStream<String>
    private let says: AsyncStream<String>.Continuation

    init(takes: Bool) {
        self.takes = Atomic(takes)
        (heard, says) = AsyncStream.makeStream()
    }

    func open(at id: StreamEventID) {}

    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool {
        says.yield(event.name)
        return takes.load(ordering: .relaxed)
    }

    func beat() -> Bool {
        says.yield("beat")
        return takes.load(ordering: .relaxed)
    }

    func end(_ reason: StreamEnd) {
        says.yield("end \(reason.rawValue)")
    }

    func next() async -> String? {
        var iterator = heard.makeAsyncIterator()
        return await iterator.next()
    }
}

@Suite("The life of a stream", .timeLimit(.minutes(10)))
struct StreamLifeTests {
    private func open(_ reader: Reader, as person: Person, _ server: TestServer) async throws -> OpenStream {
        let principal = try await server.services.authenticator.authenticate(person.token)
        return try await server.services.streams.open(reader, principal: principal, token: person.token, resume: nil)
    }

    @Test("a quiet stream shows that it lives, again and again")
    func heartbeat() async throws {
        var options = TestServer.Options()
        options.streams.heartbeatTicks = 2
        try await TestServer.run(options) { server in
            let reader = Reader(takes: true)
            let stream = try await open(reader, as: try await server.register("alice"), server)
            for _ in 0..<3 { #expect(await reader.next() == "beat") }
            server.services.streams.close(stream)
        }
    }

    @Test("who does not take a sign of life is cut off")
    func silent() async throws {
        var options = TestServer.Options()
        options.streams.heartbeatTicks = 2
        try await TestServer.run(options) { server in
            let reader = Reader(takes: false)
            _ = try await open(reader, as: try await server.register("alice"), server)
            #expect(await reader.next() == "beat")
            #expect(await reader.next() == "end slow_reader")
        }
    }

    @Test("who does not take an event is cut off, and everybody else goes on")
    func slow() async throws {
        var options = TestServer.Options()
        options.streams.heartbeatTicks = .max
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            let (slow, quick) = (Reader(takes: false), Reader(takes: true))
            _ = try await open(slow, as: alice, server)
            _ = try await open(quick, as: alice, server)
            try await server.publish("one", by: alice)
            try await server.publish("two", by: alice)
            #expect(await slow.next() == "post.new")
            #expect(await slow.next() == "end slow_reader")
            for _ in 0..<2 { #expect(await quick.next() == "post.new") }
        }
    }
}
