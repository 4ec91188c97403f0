import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Registering and sessions")
struct SessionRouteTests {
    @Test("an account is registered, may be used at once, and is found in any case")
    func register() async throws {
        try await TestServer.run { server in
            let body = #"{"username":"Alice","email":"A@example.org","password":"correct horse","display_name":" Al "}"#
            let answer = await server.post("/v1/users/register", body)
            #expect(answer.status == 201)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.json["user"]["username"] == .text("alice"))
            #expect(answer.json["user"]["display_name"] == .text("Al"))
            #expect(answer.json["user"]["email"] == .text("A@example.org"))
            #expect(answer.json["expires_in"] == .number(900))
            let alice = try server.person(answer)
            #expect(await server.get("/v1/me", as: alice).json == answer.json["user"])
            #expect(await server.get("/v1/users/by-username/ALICE").json["user_id"] == .text(alice.id))
            let stranger = await server.get("/v1/users/\(alice.id)")
            #expect(stranger.json["email"] == .absent)
        }
    }

    @Test(
        "what may not be registered is refused with its reason",
        arguments: [
            (#"{"username":"alice","email":"b@example.org","password":"correct horse"}"#, "username-taken"),
            (#"{"username":"ALICE","email":"b@example.org","password":"correct horse"}"#, "username-taken"),
            (#"{"username":"a1ice","email":"b@example.org","password":"correct horse"}"#, "username-look-alike"),
            (#"{"username":"bob","email":"Alice@Example.org","password":"correct horse"}"#, "email-taken"),
            (#"{"username":"b","email":"b@example.org","password":"correct horse"}"#, "invalid"),
            (#"{"username":"b b","email":"b@example.org","password":"correct horse"}"#, "invalid"),
            (#"{"username":"bob","email":"example.org","password":"correct horse"}"#, "invalid"),
            (#"{"username":"bob","email":"b@example.org","password":"short"}"#, "invalid"),
            (#"{"username":"bob","email":"b@example.org"}"#, "invalid"), ("{}", "invalid"), ("[]", "bad-request"),
            ("", "bad-request"), ("{", "bad-request"),
        ])
    func refusedRegistrations(body: String, problem: String) async throws {
        try await TestServer.run { server in
            _ = try await server.register("alice")
            #expect(await server.post("/v1/users/register", body).problem == problem)
        }
    }

    @Test("one logs in by username or e-mail address; a wrong password and an unknown name answer alike")
    func login() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for name in [#""username":"alice""#, #""username":"ALICE@example.org""#, #""email":"alice@example.org""#] {
                let answer = await server.post("/v1/users/login", "{\(name),\"password\":\"\(Person.password)\"}")
                #expect(answer.status == 200)
                #expect(answer.json["user"]["user_id"] == .text(alice.id))
            }
            let wrong = await server.post("/v1/users/login", #"{"username":"alice","password":"wrong horse"}"#)
            let unknown = await server.post("/v1/users/login", #"{"username":"nobody","password":"wrong horse"}"#)
            #expect(wrong.problem == "wrong-credentials")
            #expect(wrong.fingerprint == unknown.fingerprint)
            #expect(await server.post("/v1/users/login", #"{"password":"wrong horse"}"#).problem == "invalid")
        }
    }

    @Test("a refresh token is answered by five tabs at once; using it later ends the session")
    func refresh() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            func refresh(_ token: String) async -> Answer {
                await server.post("/v1/auth/refresh", #"{"refresh_token":"\#(token)"}"#)
            }
            let second = try server.person(await refresh(alice.refreshToken))
            #expect(second.refreshToken != alice.refreshToken)
            #expect(await server.get("/v1/me", as: second).status == 200)
            let tabs = await withTaskGroup(of: Answer.self) { group in
                for _ in 0..<4 { group.addTask { await refresh(alice.refreshToken) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for tab in tabs { #expect(await server.get("/v1/me", as: try server.person(tab)).status == 200) }
            server.clock.advance(by: .seconds(11))
            #expect(await refresh(alice.refreshToken).problem == "refresh-token-reused")
            #expect(await server.get("/v1/me", as: second).status == 401)
            #expect(await server.get("/v1/me", as: alice).status == 401)
            #expect(await refresh(second.refreshToken).status == 401)
            #expect(await refresh("sr_nonsense").problem == "refresh-token-invalid")
            #expect(await refresh(alice.token).problem == "refresh-token-invalid")
        }
    }

    @Test("logging out ends this session at once, and no other")
    func logout() async throws {
        try await TestServer.run { server in
            let here = try await server.register("alice")
            let there = try await server.login("alice")
            #expect(await server.post("/v1/auth/logout", as: here).status == 204)
            #expect(await server.get("/v1/me", as: here).problem == "unauthenticated")
            let body = #"{"refresh_token":"\#(here.refreshToken)"}"#
            #expect(await server.post("/v1/auth/refresh", body).status == 401)
            #expect(await server.get("/v1/me", as: there).status == 200)
        }
    }

    @Test("an access token ends; its session goes on by the refresh token")
    func expiry() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            server.clock.advance(by: .seconds(901))
            #expect(await server.get("/v1/me", as: alice).status == 401)
            let answer = await server.post("/v1/auth/refresh", #"{"refresh_token":"\#(alice.refreshToken)"}"#)
            #expect(await server.get("/v1/me", as: try server.person(answer)).status == 200)
        }
    }

    @Test(
        "an Authorization header that is no bearer token is refused, also where none is needed",
        arguments: ["", "Bearer", "Bearer ", "Basic YTpi", "Token abc", "Bearer a b", "bearer x.y.z"])
    func headers(value: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for target in ["/v1/me", "/v1/users/\(alice.id)"] {
                let answer = await server.send(try Call(.get, target).with("Authorization", value))
                #expect(answer.status == 401)
                #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="starling""#)
            }
            let any = await server.send(try Call(.get, "/v1/me").with("Authorization", "bEARER \(alice.token)"))
            #expect(any.status == 200)
        }
    }
}
