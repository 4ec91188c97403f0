import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Hostile URLs and ids")
struct HostileURLTests {
    @Test("as pictures' addresses they come back byte for byte, or are refused")
    func avatars() async throws {
        let urls = try Vendored.urls()
        try #require(urls.count > 1_000)
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            var accepted = 0
            for url in urls {
                let answer = await server.patch("/v1/me", as: alice, #"{"avatar_url":\#(TestServer.quoted(url))}"#)
                guard answer.status == 200 else {
                    #expect(answer.json["field"] == .text("avatar_url"), "\(url)")
                    continue
                }
                accepted += 1
                #expect(answer.json["avatar_url"] == .text(url))
                let lower = url.lowercased()
                #expect(lower.hasPrefix("http://") || lower.hasPrefix("https://"), "\(url)")
                #expect(url.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(url)")
            }
            #expect(accepted > 100)
        }
    }

    @Test("as request targets and cursors they are refused")
    func targets() async throws {
        let urls = try Vendored.urls()
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for url in urls {
                for target in [url, "/" + url, "/v1/users/" + url] {
                    let status = await server.send(Call(.get, target, as: alice.token)).status
                    #expect([400, 404, 405].contains(status), "\(target)")
                }
                let cursor = await server.get("/v1/feed?cursor=\(url.percentEncoded)", as: alice)
                // Some happen to be cursors: `foo` is one.
                #expect(cursor.status == 400 || url.first == "f" && url.utf8.count < 64, "\(url)")
            }
        }
    }

    @Test(
        "what is no id names nothing",
        arguments: [
            "0", "-1", "+1", "00", "01", "007", "9223372036854775808", "18446744073709551615", "18446744073709551616",
            "99999999999999999999", "1e3", "0x10", "1.0", "1_000", "%20", "1%20", "%201", "%D9%A1%D9%A2", "%EF%BC%91",
            "%F0%9D%9F%8F", "%E0%A5%A7", "1%CC%81", "%00", "1%00", "%C0%B1", "%FF", "null", "undefined", "NaN", "..",
            ".",
            "%2e%2e", "..%2f..", "a%2Fb", "1;drop%20table%20posts", "1'--", "*", "{id}", "me", "9223372036854775807",
            String(repeating: "1", count: 1_000),
        ])
    func ids(id: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for endpoint in server.api.routes.endpoints where endpoint.path.contains("{id}") {
                let body: String? =
                    switch endpoint.operation.body {
                    case "PostChanges", "NewComment": #"{"content":"hello"}"#
                    case "NewPostSettings": #"{"comments":"closed"}"#
                    case "NewFeedback": #"{"kind":"hide"}"#
                    case .some: "{}"
                    case nil: nil
                    }
                let target = endpoint.path.replacing("{id}", with: id)
                let answer = await server.send(Call(endpoint.method, target, as: alice.token, body))
                #expect(answer.status == 404, "\(endpoint.method) \(target)")
            }
            let reply = #"{"content":"hello","reply_to":\#(TestServer.quoted(id))}"#
            #expect(await server.post("/v1/posts", as: alice, reply).status == 422)
        }
    }
}
