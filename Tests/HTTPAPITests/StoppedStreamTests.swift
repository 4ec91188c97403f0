import Accounts
import Core
import Posts
import Testing
import Timelines

@testable import HTTPAPI
@testable import Streaming

@Suite("Streams of a process that was stopped", .timeLimit(.minutes(10)))
struct StoppedStreamTests {
    /// Alice and dan, who follow bob and carol, listen to the streams of a process of its own.
    private struct Stage: Sendable {
        let server: TestServer
        let cast: Cast
        let process: StoppedProcess
        let hub: StreamHub
        let alice = LiveStream()
        let dan = LiveStream()

        static func run(_ body: @Sendable @escaping (Stage) async throws -> Void) async throws {
            try await TestServer.run { server in
                let cast = try await server.cast()
                for person in [cast.alice, cast.dan] {
                    for author in [cast.bob, cast.carol] { try await server.follow(person, author) }
                }
                try await server.drained()
                let process = StoppedProcess(server.database)
                let stage = Stage(
                    server: server, cast: cast, process: process, hub: process.streams(beside: server))
                try await stage.open(stage.alice, as: cast.alice)
                try await stage.open(stage.dan, as: cast.dan)
                try await body(stage)
            }
        }

        private func open(_ client: LiveStream, as person: Person) async throws {
            let principal = try await hub.authenticator.authenticate(person.token)
            _ = try await hub.open(client, principal: principal, token: person.token, resume: nil)
            #expect(await client.next() == "open")
        }

        /// Has the process tell what is to be told of a post.
        func publish(_ content: String, by author: Person) async throws -> String {
            let post = try await server.publish(content, by: author)
            try await server.drained()
            while await hub.handle() { await Task.yield() }
            return #"post.new {"post_id":"\#(post)"}"#
        }
    }

    @Test("it does not tell of posts by relations from before a block that was acknowledged meanwhile")
    func blocked() async throws {
        try await Stage.run { stage in
            let first = try await stage.publish("one", by: stage.cast.bob)
            for client in [stage.alice, stage.dan] { #expect(await client.next() == first) }
            stage.process.stop()
            await stage.server.post("/v1/users/\(stage.cast.alice.id)/block", as: stage.cast.bob)
            let second = try await stage.publish("two", by: stage.cast.bob)
            #expect(await stage.dan.next() == second)
            let marker = try await stage.publish("marker", by: stage.cast.carol)
            for client in [stage.alice, stage.dan] { #expect(await client.next() == marker) }
        }
    }

    @Test("it knows what readers hid meanwhile")
    func hidden() async throws {
        try await Stage.run { stage in
            let post = try await stage.server.publish("one", by: stage.cast.bob)
            let (id, alice) = (try #require(ID<Post>(post)), try #require(ID<Account>(stage.cast.alice.id)))
            #expect(try await !stage.hub.feed.hides(id, from: alice))
            stage.process.stop()
            let answer = await stage.server.post(
                "/v1/posts/\(post)/feedback", as: stage.cast.alice, #"{"kind":"hide"}"#)
            #expect(answer.status == 204)
            #expect(try await stage.hub.feed.hides(id, from: alice))
        }
    }

    @Test("where tokens cannot be looked at, streams end with a reason of their own; those that have run out do not")
    func unavailable() async throws {
        try await Stage.run { stage in
            try await stage.hub.tick()
            stage.process.stop()
            for _ in 0..<2 { try await stage.hub.tick() }
            for client in [stage.alice, stage.dan] { #expect(await client.next() == "end unavailable") }
        }
        try await Stage.run { stage in
            stage.process.stop()
            stage.server.clock.advance(by: .seconds(86_400))
            try await stage.hub.tick()
            for client in [stage.alice, stage.dan] { #expect(await client.next() == "end unauthorized") }
        }
    }
}
