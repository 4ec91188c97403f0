import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("The request target")
struct RequestTargetTests {
    @Test(
        "a path and its query are taken apart",
        arguments: [
            ("/", "/", [:]), ("/v1/feed", "/v1/feed", [:]), ("/v1/feed?", "/v1/feed", [:]),
            ("/v1/feed?limit=5&cursor=f1", "/v1/feed", ["limit": "5", "cursor": "f1"]),
            ("/v1/feed?limit", "/v1/feed", ["limit": ""]), ("/v1/feed?a=b=c", "/v1/feed", ["a": "b=c"]),
            ("/v1/feed?a=%C3%A9+x%2By", "/v1/feed", ["a": "é x+y"]), ("/v1/feed?&&a=1&", "/v1/feed", ["a": "1"]),
            ("/v1/feed?a=?#b=2", "/v1/feed", ["a": "?"]), ("//v1//feed", "//v1//feed", [:]),
            ("/v1/%66eed", "/v1/%66eed", [:]),
        ] as [(String, String, [String: String])])
    func parts(target: String, path: String, query: [String: String]) throws {
        let parsed = try RequestTarget(target)
        #expect(parsed.path == path)
        #expect(parsed.query == query)
    }

    @Test(
        "what is no path, no UTF-8 or said twice is a 400",
        arguments: [
            "", "*", "v1/feed", "http://example.org/v1/feed", "/v1/feed?a=1&a=2", "/v1/feed?a=1&%61=2", "/?a=%",
            "/?a=%4", "/?a=%zz", "/?%ff=1", "/?a=%C3", "/?a=%ED%A0%80", "/?a=%00", "/a b", "/a\u{7F}", "/é", "/?a=é",
            "/\r\nHost: x", "/\u{0}",
        ])
    func refused(target: String) {
        #expect(performing: { try RequestTarget(target) }, throws: { ($0 as? Problem)?.status == 400 })
    }

    @Test(
        "paths lead to their routes, and only they",
        arguments: [
            ("/v1/users/register", "200"), ("/v1/users/17", "200"), ("/v1/users/by-username/alice", "200"),
            ("/v1/users/", "404"), ("/v1/users", "404"), ("/v1/users/17/", "404"), ("//v1/users/17", "404"),
            ("/V1/users/17", "404"), ("/v1/users/%31%37", "200"), ("/v1/users/%", "404"), ("/v1/users/%00", "404"),
            ("/v1/users/a%2Fb", "200"), ("/v1/%75sers/17", "404"), ("/", "404"), ("/v1/me/blocks", "200"),
            ("/v1/users/by-username/", "404"), ("/v1/users/17/follow", "405 DELETE POST"),
        ])
    func matching(target: String, expected: String) async throws {
        try await TestServer.run { server in
            let found =
                switch server.api.routes.match(.get, try RequestTarget(target).path) {
                case .endpoint: "200"
                case .wrongMethod(let allowed): "405 " + allowed.map(\.rawValue).sorted().joined(separator: " ")
                case .none: "404"
                }
            #expect(found == expected)
        }
    }

    @Test("an unknown path is a 404 and a wrong method a 405 that names the right ones")
    func unknown() async throws {
        try await TestServer.run { server in
            #expect(await server.get("/v2/feed").problem == "not-found")
            let answer = await server.delete("/v1/feed", as: nil)
            #expect(answer.problem == "method-not-allowed")
            #expect(answer.headers[.allow] == "GET, HEAD")
            #expect(await server.send(Call(.head, "/healthz")).status == 200)
        }
    }
}
