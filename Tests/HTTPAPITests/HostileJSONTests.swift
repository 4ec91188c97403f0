import Core
import Foundation
import HTTPTypes
import Testing

@testable import HTTPAPI

/// A route that takes a body, with one it takes. `{me}` and `{post}` stand for ids.
struct BodyRoute: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    let path: String
    let body: String

    var testDescription: String { "\(method) \(path)" }

    static let all = [
        BodyRoute(
            method: .post, path: "/v1/users/register",
            body:
                #"{"username":"bob","email":"bob@example.org","password":"correct horse","display_name":"B ö\n\u00e9"}"#
        ),
        BodyRoute(method: .post, path: "/v1/users/login", body: #"{"username":"alice","password":"correct horse"}"#),
        BodyRoute(method: .post, path: "/v1/auth/refresh", body: #"{"refresh_token":"sr_abc"}"#),
        BodyRoute(
            method: .patch, path: "/v1/me",
            body: #"{"display_name":"Al","bio":null,"avatar_url":"http://a.example","is_private":false,"email":"#
                + #""a@b.example","password":"correct horse","current_password":"correct horse"}"#),
        BodyRoute(method: .put, path: "/v1/users/{me}", body: #"{"display_name":"Al 🐦","is_private":true}"#),
        BodyRoute(
            method: .post, path: "/v1/posts",
            body: #"{"content":"hello \ud83d\udc26","visibility":"public","reply_to":null}"#),
        BodyRoute(method: .put, path: "/v1/posts/{post}", body: #"{"content":"hello","visibility":"followers"}"#),
    ]
}

/// That nothing is ever a 5xx, and every refusal a problem document, is looked at with every answer by `Contract`.
@Suite("Hostile JSON")
struct HostileJSONTests {
    /// Sends bodies to one route; the function given answers with the status.
    private func run(
        _ route: BodyRoute, _ test: @Sendable (_ send: @Sendable ([UInt8]) async -> Answer) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let post = try await server.publish("hello", by: alice)
            let target = route.path.replacing("{me}", with: alice.id).replacing("{post}", with: post)
            try await test { await server.send(Call(route.method, target, as: alice.token, bytes: $0)) }
        }
    }

    @Test("a body cut off anywhere is a 400 that says where it broke", arguments: BodyRoute.all)
    func truncated(route: BodyRoute) async throws {
        let bytes = Array(route.body.utf8)
        try await run(route) { send in
            for end in bytes.indices {
                let answer = await send(Array(bytes[..<end]))
                #expect(answer.status == 400, "cut at \(end)")
            }
            let detail = await send(Array("{\n  \"a\": x}".utf8)).json["detail"].string
            #expect(detail?.contains("line 2, column") == true, "\(detail ?? "")")
        }
    }

    @Test("bytes that are no UTF-8, or U+0000, are a 400 wherever they stand", arguments: BodyRoute.all)
    func invalidBytes(route: BodyRoute) async throws {
        let bytes = Array(route.body.utf8)
        let intruders: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0], [0xC3],
        ]
        try await run(route) { send in
            for intruder in intruders {
                for place in stride(from: 0, through: bytes.count, by: 3) {
                    let answer = await send(Array(bytes[..<place]) + intruder + Array(bytes[place...]))
                    #expect(answer.status == 400, "\(intruder) at \(place)")
                }
            }
            for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16, .utf32] {
                let encoded = try #require(route.body.data(using: encoding))
                #expect(await send([UInt8](encoded)).status == 400, "\(encoding)")
            }
        }
    }

    @Test("a field of another type is a 4xx, unless it may be left out and is null", arguments: BodyRoute.all)
    func wrongTypes(route: BodyRoute) async throws {
        let members = JSON(bytes: Array(route.body.utf8)).members.keys.sorted()
        let values = [
            "null", "true", "0", "-1", "1.5", "1e400", "-1e400", "1e-400", "123456789012345678901234567890", "[]",
            "{}", #"["a"]"#, #"{"a":"b"}"#, #""""#, "9007199254740993", "-0", "-0.0",
        ]
        try await run(route) { send in
            for name in members {
                for value in values where !(value == "true" && name == "is_private") {
                    let others = members.filter { $0 != name }.map { #""\#($0)":"x""# }
                    let body = "{" + (["\"\(name)\":\(value)"] + others).joined(separator: ",") + "}"
                    let status = await send(Array(body.utf8)).status
                    #expect((400..<500).contains(status) || value == "null" && status == 200, "\(body)")
                }
            }
            for value in values + ["\"a\"", "{\"a\":1}"] where value != "{}" && value != "{\"a\":\"b\"}" {
                let status = await send(Array(value.utf8)).status
                #expect((200..<500).contains(status), "\(value)")
            }
        }
    }

    @Test(
        "what is not quite JSON is a 400",
        arguments: [
            "{'content':'a'}", "{content:\"a\"}", #"{"content":"a",}"#, #"{"content":"a"} x"#, #"{"content":"a"}{}"#,
            #"{"content":"a"}]"#, #"{"content":"a"#, #"{"content":NaN}"#, #"{"content":Infinity}"#,
            #"{"content":"a\x41"}"#, #"{"content":"\ud800"}"#, #"{"content":"\udc00a"}"#,
            #"{"content":"\ud800\u0041"}"#,
            #"{"content":"\ud800\ud800"}"#, #"{"content":"\u12"}"#, #"{"content":"\uzzzz"}"#,
            "{\"content\":\"a\nb\"}", "{\"content\":\"a\tb\"}", "{\"content\":\"a\u{1}\"}", "// a\n{}", "/**/{}",
            #"{"content" "a"}"#, #"{"content":"a" "visibility":"public"}"#, #"{,}"#, "{\"content\":01}", "nul", "tru",
            "\u{FEFF}", "{\"content\":\"a\"}\u{FEFF}", "\u{A0}{}", "{\"content\":+1}", "{\"content\":.5}",
            #"{"content":"a","content":"b"}"#, #"{"content":"a","\u0063ontent":"b"}"#, "{\"content\":5.}",
            "{\"content\":1e}", "-",
        ])
    func malformed(body: String) async throws {
        try await run(BodyRoute.all[5]) { send in
            let answer = await send(Array(body.utf8))
            #expect(answer.status == 400, "\(answer.text)")
        }
    }

    @Test(
        "what is JSON, if strange, is taken for what it says",
        arguments: [
            #"{"\u0063ontent":"a"}"#, #" {"content" : "a" , "reply_to" : null } "#,
            #"{"content":"\ud83d\udc26"}"#,
            #"{"content":"a","visibility":null,"reply_to":null}"#,
            "\r\n\t {\"content\":\"a\\/b\"}\n",
        ])
    func strange(body: String) async throws {
        try await run(BodyRoute.all[5]) { send in
            let answer = await send(Array(body.utf8))
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    @Test("fields that nobody asked for are refused, however strange they are")
    func others() async throws {
        try await run(BodyRoute.all[1]) { send in
            let login = #""username":"alice","password":"correct horse""#
            for others in [#""":1,"__proto__":{"x":1},"n":1e400"#, #" "x" : [ { } ] "#] {
                #expect(await send(Array("{\(login),\(others)}".utf8)).status == 422)
            }
        }
    }

    @Test("deep nesting is a 400, however deep", arguments: [33, 1_000, 100_000], ["[", "{\"a\":"])
    func nesting(depth: Int, opening: String) async throws {
        let closing = opening == "[" ? "]" : "}"
        let nested = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
        try await run(BodyRoute.all[5]) { send in
            #expect(await send(Array(nested.utf8)).status == 400)
            #expect(await send(Array(nested.prefix(opening.count * depth).utf8)).status == 400)
            #expect(await send(Array(#"{"content":"hello","x":\#(nested)}"#.utf8)).status == 400)
            let brackets = String(repeating: opening, count: depth).replacing("\"", with: "\\\"").prefix(4_000)
            #expect(await send(Array(#"{"content":"\#(brackets)"}"#.utf8)).status == 201)
        }
        let fair = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        try await run(BodyRoute.all[5]) { send in
            #expect(await send(Array(#"{"content":"hello","x":\#(fair)}"#.utf8)).status == 422)
        }
    }

    @Test("any byte changed does no harm", arguments: BodyRoute.all)
    func mutations(route: BodyRoute) async throws {
        let bytes = Array(route.body.utf8)
        try await run(route) { send in
            for place in bytes.indices {
                for byte in Array("\"\\{}[],:0-e \n\u{1}".utf8) {
                    var changed = bytes
                    changed[place] = byte
                    _ = await send(changed)
                }
            }
        }
    }
}
