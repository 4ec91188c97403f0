import Core
import HTTPTypes
import Streaming
import Synchronization
import Testing

@testable import HTTPAPI

/// A client that listens: it hears events in their order, and when the stream ends.
final class LiveStream: StreamOutlet {
    private let lines: AsyncStream<String>
    private let heard: AsyncStream<String>.Continuation
    private let lastID = Mutex("")

    init() {
        (lines, heard) = AsyncStream.makeStream()
    }

    var lastEventID: String { lastID.withLock { $0 } }

    func open(at id: StreamEventID) {
        lastID.withLock { $0 = id.description }
        heard.yield("open")
    }

    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool {
        lastID.withLock { $0 = id.description }
        heard.yield("\(event.name) \(String(decoding: event.data, as: UTF8.self))")
        return true
    }

    func beat() -> Bool { true }

    func end(_ reason: StreamEnd) {
        heard.yield("end \(reason.rawValue)")
        heard.finish()
    }

    /// Returns when the client leaves, or the server ends the stream.
    fileprivate func waitForNothing() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    /// The next that happens.
    func next() async -> String? {
        var iterator = lines.makeAsyncIterator()
        return await iterator.next()
    }
}

extension TestServer {
    /// Has `person` listen for as long as `body` runs.
    func listening(
        as person: Person, resume: String? = nil, _ body: @Sendable (LiveStream) async throws -> Void
    ) async throws {
        var call = Call(.get, "/v1/stream", as: person.token)
        if let resume { call = try call.with("Last-Event-ID", resume) }
        let request = APIRequest(
            method: .get, path: "/v1/stream",
            headers: call.headers.merging(token: person.token), address: call.address)
        let response = await api.respond(to: request).response
        #expect(response.status == 200)
        let stream = try #require(response.stream)
        let client = LiveStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stream.run(on: client, until: client.waitForNothing) }
            #expect(await client.next() == "open")
            try await body(client)
            group.cancelAll()
        }
    }
}

extension HTTPFields {
    fileprivate func merging(token: String) -> HTTPFields {
        var fields = self
        fields[.authorization] = "Bearer \(token)"
        return fields
    }
}
