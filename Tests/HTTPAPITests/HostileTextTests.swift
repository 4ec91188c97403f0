import HTTPTypes
import Testing
import Timelines

@testable import HTTPAPI

/// That nothing is ever a 5xx, and every refusal a problem document, is looked at with every answer by `Contract`.
@Suite("Naughty strings")
struct HostileTextTests {
    /// Text that is nothing but white space is no post.
    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    /// White space around a display name is cut off; nothing else is touched.
    private static func trimmed(_ text: String) -> String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        var scalars = text.unicodeScalars.drop(while: isSpace)
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return String(scalars)
    }

    private static func showsNothing(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            return properties.isWhitespace || properties.isDefaultIgnorableCodePoint || properties.isBidiControl
        }
    }

    @Test("as posts they come back byte for byte")
    func content() async throws {
        let strings = try Vendored.naughtyStrings()
        try #require(strings.count > 500)
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for text in strings {
                let quoted = TestServer.quoted(text)
                let answer = await server.post("/v1/posts", as: alice, #"{"content":\#(quoted)}"#)
                guard !Self.showsNothing(text) else {
                    #expect(answer.problem == "invalid", "\(quoted)")
                    continue
                }
                #expect(answer.status == 201, "\(quoted)")
                let target = "/v1/posts/\(answer.json["post_id"].string ?? "")"
                let edited = await server.put(target, as: alice, #"{"content":\#(TestServer.quoted(text + "!"))}"#)
                let history = await server.get("\(target)/history")
                for (found, expected) in [
                    (answer, text), (edited, text + "!"), (history, text + "!"), (history, text),
                ] { #expect(found.holds("content", expected), "\(quoted)") }
            }
            server.home.dropAll()
            let feed = await server.get("/v1/feed?limit=100", as: alice)
            for text in strings.suffix(100) where !Self.showsNothing(text) {
                #expect(feed.holds("content", text + "!"))
            }
        }
    }

    @Test("as biographies and display names they come back byte for byte, or are refused")
    func profile() async throws {
        let strings = try Vendored.naughtyStrings()
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            var accepted = 0
            for text in strings {
                let quoted = TestServer.quoted(text)
                let bio = await server.patch("/v1/me", as: alice, #"{"bio":\#(quoted)}"#)
                #expect(bio.holds("bio", text), "\(quoted)")
                let name = await server.patch("/v1/me", as: alice, #"{"display_name":\#(quoted)}"#)
                guard name.status == 200 else {
                    #expect(name.json["field"] == .text("display_name"), "\(quoted)")
                    continue
                }
                accepted += 1
                #expect(name.holds("display_name", Self.trimmed(text)), "\(quoted)")
            }
            #expect(accepted > strings.count / 2)
        }
    }

    @Test("as a password they log in again")
    func passwords() async throws {
        let strings = try Vendored.naughtyStrings()
        try await TestServer.run { server in
            for (number, text) in strings.enumerated() {
                let password = TestServer.quoted(text)
                let body = #"{"username":"u\#(number)","email":"u\#(number)@a.example","password":\#(password)}"#
                let answer = await server.post("/v1/users/register", body)
                guard answer.status == 201 else {
                    #expect(answer.json["field"] == .text("password"), "\(password)")
                    continue
                }
                let login = #"{"username":"u\#(number)","password":\#(password)}"#
                #expect(await server.post("/v1/users/login", login).status == 200, "\(password)")
            }
        }
    }

    @Test(
        "as any other field they are refused, or do no harm",
        arguments: [
            ("POST /v1/users/register", "username", #","email":"a@b.example","password":"correct horse""#),
            ("POST /v1/users/register", "email", #","username":"bob","password":"correct horse""#),
            ("POST /v1/users/login", "username", #","password":"correct horse""#),
            ("POST /v1/users/login", "email", #","password":"correct horse""#),
            ("POST /v1/users/login", "password", #","username":"alice""#),
            ("POST /v1/auth/refresh", "refresh_token", ""), ("PATCH /v1/me", "avatar_url", ""),
            ("PATCH /v1/me", "is_private", ""),
            ("PATCH /v1/me", "current_password", #","email":"b@c.example""#),
            ("PATCH /v1/me", "email", #","current_password":"correct horse""#),
            ("POST /v1/posts", "visibility", #","content":"hello""#),
            ("POST /v1/posts", "reply_to", #","content":"hello""#),
            ("POST /v1/posts", "no such field", #","content":"hello""#),
        ])
    func fields(route: String, field: String, rest: String) async throws {
        let strings = try Vendored.naughtyStrings()
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let parts = route.split(separator: " ").map(String.init)
            let method = try #require(HTTPRequest.Method(parts[0]))
            for text in strings {
                await server.send(
                    Call(method, parts[1], as: alice.token, "{\"\(field)\":\(TestServer.quoted(text))\(rest)}"))
            }
            #expect(await server.get("/v1/me", as: alice).status == 200)
        }
    }

    @Test("as parts of paths, queries and headers they are refused, or do no harm")
    func elsewhere() async throws {
        let strings = try Vendored.naughtyStrings()
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let id = alice.id
            for text in strings {
                let encoded = text.percentEncoded
                let user = await server.get("/v1/users/\(encoded)", as: alice)
                #expect(user.status == 404, "\(encoded)")
                let name = await server.get("/v1/users/by-username/\(encoded)")
                #expect(name.status == 404, "\(encoded)")
                for query in ["cursor", "since", "order", "limit", "page_size"] {
                    let answer = await server.get("/v1/feed?\(query)=\(encoded)", as: alice)
                    #expect((400..<500).contains(answer.status) || answer.status == 200, "\(query)=\(encoded)")
                }
                await server.get("/v1/users/\(id)/posts?replies=\(encoded)&\(encoded)=1")
                await server.send(Call(.get, "/" + text))
                for header in ["Authorization", "Content-Type", "Idempotency-Key", "X-Forwarded-For", "Accept"] {
                    await server.send(
                        try Call(.post, "/v1/posts", as: alice.token, #"{"content":"hello"}"#).with(header, text))
                }
                #expect(await server.send(Call(.get, "/v1/me", as: text)).status == 401, "\(encoded)")
            }
        }
    }
}
