import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Sessions and what they are opened with", .timeLimit(.minutes(10)))
struct SessionListTests {
    /// Logs in as a client of this name.
    private func login(
        _ name: String, client: String?, password: String = Person.password, _ server: TestServer
    ) async throws -> Answer {
        var call = Call(.post, "/v1/users/login", as: nil, #"{"username":"\#(name)","password":"\#(password)"}"#)
        call = try call.with("Content-Type", "application/json")
        if let client { call = try call.with("User-Agent", client) }
        return await server.send(call)
    }

    private func sessions(_ person: Person, _ server: TestServer) async -> [JSON] {
        await server.get("/v1/me/sessions", as: person).json["sessions"].array
    }

    @Test("the list says where an account is logged in, and where it is now")
    func list() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            _ = try await server.register("bob")
            let long = String(repeating: "a", count: 500)
            for client in ["Birdwatch/2.1 (Linux)", long, "\u{202E}evil\u{7}"] {
                server.clock.advance(by: .seconds(60))
                #expect(try await login("alice", client: client, server).status == 200)
            }
            let listed = await sessions(alice, server)
            #expect(
                listed.map { $0["client"].string }
                    == ["evil", String(repeating: "a", count: 120), "Birdwatch/2.1 (Linux)", nil])
            #expect(listed.map { $0["is_current"] } == [.bool(false), .bool(false), .bool(false), .bool(true)])
            #expect(Set(listed.map { $0["created_at"].string }).count == 4)
        }
    }

    @Test("refreshing its tokens is using it")
    func lastUse() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            server.clock.advance(by: .seconds(60))
            let body = #"{"refresh_token":"\#(alice.refreshToken)"}"#
            #expect(await server.post("/v1/auth/refresh", as: nil, body).status == 200)
            let session = try #require(await sessions(alice, server).first)
            #expect(session["last_used_at"].string ?? "" > session["created_at"].string ?? "")
        }
    }

    @Test("one is ended, or all others, with their streams; what is not one's own is not there")
    func end() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let (phone, tablet) = (try await server.login("alice"), try await server.login("alice"))
            let bob = try await server.register("bob")
            let ids = await sessions(alice, server).compactMap { $0["session_id"].string }
            #expect(ids.count == 3)
            for id in ids { #expect(await server.delete("/v1/me/sessions/\(id)", as: bob).status == 404) }
            try await server.listening(as: tablet) { stream in
                #expect(await server.delete("/v1/me/sessions/\(ids[0])", as: alice).status == 204)
                #expect(await stream.next() == "end unauthorized")
            }
            #expect(await server.get("/v1/me", as: tablet).status == 401)
            #expect(await server.delete("/v1/me/sessions/\(ids[0])", as: alice).status == 404)
            try await server.listening(as: phone) { stream in
                #expect(await server.delete("/v1/me/sessions", as: alice).status == 204)
                #expect(await stream.next() == "end unauthorized")
            }
            #expect(
                await server.post("/v1/auth/refresh", as: nil, #"{"refresh_token":"\#(phone.refreshToken)"}"#).status
                    == 401)
            #expect(await sessions(alice, server).count == 1)
            #expect(await server.get("/v1/me", as: bob).status == 200)
        }
    }

    @Test(
        "a new password or address needs the old password, and ends the other sessions with their streams",
        arguments: [
            ("/v1/me/password", #""password":"another horse""#), ("/v1/me/email", #""email":"new@example.net""#),
        ])
    func change(path: String, field: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let other = try await server.login("alice")
            @Sendable func put(_ password: String) async -> Answer {
                await server.put(path, as: alice, "{\(field),\"current_password\":\"\(password)\"}")
            }
            #expect(await put("a wrong one").problem == "wrong-password")
            #expect(await server.put(path, as: alice, "{\(field)}").status == 422)
            #expect(await server.get("/v1/me", as: other).status == 200)
            try await server.listening(as: other) { stream in
                #expect(await put(Person.password).status == 204)
                #expect(await stream.next() == "end unauthorized")
            }
            #expect(await server.get("/v1/me", as: other).status == 401)
            #expect(await server.get("/v1/me", as: alice).status == 200)
            let password = path.hasSuffix("password") ? "another horse" : Person.password
            #expect(try await login("alice", client: nil, password: password, server).status == 200)
        }
    }

    @Test("guessing the password is limited")
    func guessing() async throws {
        var options = TestServer.Options()
        options.limits.isEnabled = true
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            var statuses: [Int] = []
            for number in 0..<40 where statuses.last != 429 {
                let body = #"{"password":"another horse","current_password":"guess \#(number)"}"#
                statuses.append(await server.put("/v1/me/password", as: alice, body).status)
            }
            #expect(statuses.last == 429)
        }
    }
}
