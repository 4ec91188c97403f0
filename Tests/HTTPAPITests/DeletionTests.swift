import Accounts
import Core
import HTTPTypes
import Testing
import Timelines

@testable import HTTPAPI

@Suite("Deleting an account", .timeLimit(.minutes(10)))
struct DeletionTests {
    @Test("it needs the password")
    func password() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let wrong = Call(.delete, "/v1/me", as: alice.token, #"{"current_password":"wrong"}"#)
            #expect(await server.send(wrong).problem == "wrong-password")
            #expect(await server.delete("/v1/me", as: alice).status == 400)
            #expect(await server.get("/v1/me", as: alice).status == 200)
        }
    }

    @Test("until the grace period is over nobody sees it, and logging in takes it back as it was")
    func comingBack() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            let post = try await server.publish("hello", by: cast.alice)
            try await server.drained()
            let answer = await server.leave(cast.alice)
            #expect(answer.status == 202)
            try await server.eraseDue()
            #expect(await server.get("/v1/me", as: cast.alice).status == 401)
            #expect(await server.get("/v1/users/\(cast.alice.id)", as: cast.bob).status == 404)
            #expect(await server.get("/v1/posts/\(post)", as: cast.bob).status == 404)
            #expect(await server.contents("/v1/feed", as: cast.bob) == [])
            let alice = try await server.login("alice")
            #expect(await server.get("/v1/me", as: alice).json["followers_count"] == .number(1))
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["hello"])
            #expect(try await server.services.accounts.deletions().isEmpty)
        }
    }

    @Test("once it is erased, no timeline in memory holds it or its posts")
    func timelines() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            try await server.follow(bob, alice)
            try await server.follow(alice, bob)
            _ = await server.get("/v1/feed", as: alice)
            _ = await server.get("/v1/feed", as: bob)
            _ = try await server.publish("hello", by: alice)
            _ = try await server.publish("hello", by: bob)
            try await server.drained()
            func entries(_ person: Person) throws -> Int? {
                server.home.timeline(of: try #require(ID<Account>(person.id)))?.entries.count
            }
            #expect(try entries(alice) == 1)
            #expect(try entries(bob) == 1)
            await server.leave(alice)
            server.clock.advance(by: .seconds(15 * 86_400))
            try await server.eraseDue()
            #expect(try entries(alice) == nil)
            #expect(try entries(bob) == 0)
        }
    }

    @Test("once it has begun, and while the account is suspended, logging in takes nothing back")
    func tooLate() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let accounts = server.services.accounts
            let id = try #require(ID<Account>(alice.id))
            await server.leave(alice)
            try await accounts.suspend(id)
            let login = #"{"username":"alice","password":"\#(Person.password)"}"#
            #expect(await server.post("/v1/users/login", login).problem == "account-suspended")
            try await accounts.reinstate(id)
            #expect(await server.get("/v1/users/\(alice.id)", as: bob).status == 404, "it still wants to go")
            server.clock.advance(by: .seconds(15 * 86_400))
            try await server.eraseDue()
            #expect(await server.post("/v1/users/login", login).problem == "wrong-credentials")
            let receipt = try #require(try await accounts.deletions(of: id).first)
            #expect(receipt.finishedAt != nil)
            #expect(receipt.receipt["users"] == 1)
            #expect(receipt.receipt["sessions"] == 1)
        }
    }
}
