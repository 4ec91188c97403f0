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

    @Test("a login that takes it back says so, and a refresh before tells how to")
    func tellingTheAccount() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let accounts = server.services.accounts
            let id = try #require(ID<Account>(alice.id))
            func refresh() async -> Answer {
                await server.post("/v1/auth/refresh", as: nil, #"{"refresh_token":"\#(alice.refreshToken)"}"#)
            }
            func login() async -> Answer {
                await server.post("/v1/users/login", as: nil, #"{"username":"alice","password":"\#(Person.password)"}"#)
            }
            #expect(await login().json["deletion_cancelled"] == .absent)
            await server.leave(alice)
            let refused = await refresh()
            #expect(refused.status == 403)
            #expect(refused.problem == "account-leaving")
            try await accounts.suspend(id)
            #expect(await refresh().problem == "account-suspended", "logging in would not help")
            try await accounts.reinstate(id)
            #expect(await refresh().problem == "account-leaving")
            #expect(await login().json["deletion_cancelled"] == .bool(true))
            #expect(await login().json["deletion_cancelled"] == .absent)
        }
    }

    @Test("who is leaving or suspended can be kept away, and finds that when they are back", arguments: [false, true])
    func keptAway(isSuspended: Bool) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let accounts = server.services.accounts
            let bob = try #require(ID<Account>(cast.bob.id))
            let target = "/v1/users/\(bob)"
            try await server.follow(cast.alice, cast.bob)
            try await server.follow(cast.bob, cast.carol)
            await server.post("\(target)/mute", as: cast.dan)
            if isSuspended { try await accounts.suspend(bob) } else { await server.leave(cast.bob) }

            let unfollowed = await server.delete("\(target)/follow", as: cast.alice)
            #expect(unfollowed.status == 200)
            let muted = await server.post("\(target)/mute", as: cast.alice)
            #expect(muted.json["muting"] == .bool(true))
            #expect(muted.json["following"] == .bool(false))
            let blocked = await server.post("\(target)/block", as: cast.carol)
            #expect(blocked.json["blocking"] == .bool(true))
            #expect(blocked.json["followed_by"] == .bool(false))
            #expect(await server.delete("\(target)/mute", as: cast.dan).json["muting"] == .bool(false))
            for (method, path) in [("GET", "relationship"), ("POST", "follow")] {
                let call = Call(try #require(HTTPRequest.Method(method)), "\(target)/\(path)", as: cast.alice.token)
                #expect(await server.send(call).status == 404, "\(path)")
            }

            if isSuspended { try await accounts.reinstate(bob) }
            let back = try await server.login("bob")
            #expect(await server.get("/v1/users/\(cast.carol.id)", as: back).status == 404)
            #expect(await server.get("/v1/me/blocks", as: cast.carol).json["users"].array.count == 1)
            #expect(await server.usernames("/v1/me/mutes", as: cast.alice) == ["bob"])
            #expect(await server.usernames("/v1/me/mutes", as: cast.dan) == [])
            try await server.drained()
            #expect(await server.get("/v1/me", as: cast.alice).json["following_count"] == .number(0))
            #expect(await server.delete("\(target)/block", as: cast.carol).json["blocking"] == .bool(false))
        }
    }

    @Test("who blocks somebody and leaves stays out of their reach, and so does who is erased")
    func outOfReach() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let carol = try await server.register("carol")
            await server.post("/v1/users/\(bob.id)/block", as: alice)
            await server.leave(alice)
            func reach(_ person: Person) async -> Set<Int> {
                let target = "/v1/users/\(alice.id)"
                var statuses: Set<Int> = [await server.delete("\(target)/follow", as: person).status]
                for name in ["block", "mute"] {
                    statuses.insert(await server.post("\(target)/\(name)", as: person).status)
                    statuses.insert(await server.delete("\(target)/\(name)", as: person).status)
                }
                return statuses
            }
            #expect(await reach(bob) == [404])
            #expect(await reach(carol) == [200])
            server.clock.advance(by: .seconds(15 * 86_400))
            try await server.eraseDue()
            let later = try await server.login("carol")
            #expect(await reach(later) == [404])
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
