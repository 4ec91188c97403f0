import Accounts
import Core
import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("What the front desk is made of")
struct FrontDeskPartsTests {
    @Test(
        "a moment is written as HTTP wants it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
        ])
    func date(second: Int, expected: String) {
        var date = HTTPDate()
        for moment in [second - 86_400, second, second] { date.update(to: moment) }
        #expect(String(decoding: date.text, as: UTF8.self) == expected)
    }

    @Test("a known token is found by all of its bytes, under the keys it was verified with")
    func knownTokens() {
        let principal = Principal(accountID: ID(1), sessionID: 2, expiresAt: 3)
        func known(_ tokens: KnownTokens, _ token: String, _ epoch: Int) -> ID<Account>? {
            Array(token.utf8).withUnsafeBytes { tokens.principal(of: $0, epoch: epoch)?.accountID }
        }
        var tokens = KnownTokens()
        func note(_ token: String) {
            Array(token.utf8).withUnsafeBytes { tokens.note(principal, of: $0, epoch: 5) }
        }
        note("first.signature")
        note("short")
        #expect(known(tokens, "first.signature", 5) == ID(1))
        for (token, epoch) in [
            ("first.signature", 4), ("first.signature", 6), ("other.signature", 5), ("ignature", 5), ("short", 5),
            ("", 5),
        ] { #expect(known(tokens, token, epoch) == nil, "\(token) \(epoch)") }
        for index in 0..<Limits.frontTokensMax { note("a token with number \(10_000 + index)") }
        #expect(known(tokens, "first.signature", 5) == nil)
        #expect(known(tokens, "a token with number \(10_000 + Limits.frontTokensMax - 1)", 5) == ID(1))
    }

    @Test("paths are matched as the ordinary way matches them")
    func routes() {
        let operation = Operation("some", "", tag: "", answer: (200, nil))
        let warm: Endpoint.WarmHandler = { _, _ in true }
        func endpoint(_ path: String, isWarm: Bool = true) -> Endpoint {
            Endpoint(.get, path, .optional, operation, warm: isWarm ? warm : nil, handler: { _ in .noContent })
        }
        let endpoints = [
            endpoint("/a"), endpoint("/a/{id}"), endpoint("/a/{name}/b"), endpoint("/cold", isWarm: false),
            endpoint("/cold/{id}", isWarm: false),
        ]
        let routes = FrontRoutes(endpoints)
        let table = RouteTable(endpoints)
        let paths = [
            "/a", "/a/", "/a/1", "/a/1/", "/a/1/b", "/a/1/b/", "/a//b", "/a/b", "/a/b/b", "/a/1/c", "/A", "//a", "/",
            "/cold", "/cold/1", "/other", "/aa", "/a/1/bb", "", "a", "/a/1/b/c", "/a/~!$&'()*,;=:@",
        ]
        for path in paths {
            let found = Array(path.utf8).withUnsafeBytes { routes.match($0) }
            let (other, parameters) = table.find(path)
            #expect(found?.route.endpoint.path == other.flatMap { $0.hasPrefix("/cold") ? nil : $0 }, "\(path)")
            if let found { #expect(found.parameters == parameters, "\(path)") }
        }
    }
}

extension RouteTable {
    fileprivate func find(_ path: String) -> (path: String?, parameters: [String: String]) {
        guard case .endpoint(let endpoint, let parameters) = match(.get, path) else { return (nil, [:]) }
        return (endpoint.path, parameters)
    }
}
