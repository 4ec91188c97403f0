import Core
import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Origins that are allowed")
struct AllowedOriginsTests {
    static let app = "https://app.example.com"

    @Test(
        "they are kept as browsers write them",
        arguments: [
            (app, app), ("HTTPS://App.Example.COM", app), ("https://app.example.com:443", app),
            ("https://app.example.com:8443", "https://app.example.com:8443"), ("http://app:80", "http://app"),
            ("http://app:443", "http://app:443"), ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"), ("capacitor://localhost", "capacitor://localhost"),
            ("web+app.x-1://a_b", "web+app.x-1://a_b"),
        ])
    func normalized(text: String, origin: String) throws {
        let origins = try AllowedOrigins(["https://first.example.com", text])
        #expect(origins.allowed(origin)?.text == origin)
        #expect(Array(origin.utf8).withUnsafeBytes { origins.allowed($0)?.text } == origin)
        #expect(origins.allowed("https://first.example.com") != nil && !origins.isEmpty)
    }

    static let longest = "https://" + String(repeating: "a", count: Limits.originBytesMax - 8)

    @Test(
        "what no browser sends as an origin stops the start",
        arguments: [
            "", "null", "example.com", "//example.com", "://example.com", "https://", "https://a/", "https://a/b",
            "https://a:",
            "https://*.example.com", "https://a?b", "https://a#b", "https://a@b", "https://a b", "https://a,b",
            "https://a\r\nSet-Cookie: x", "https://a\u{0}", "https://ü.example.com", "https://example.\u{212A}om",
            "1http://a",
            "ht tp://a", "javascript:alert(1)", "https://a://b/", longest + "a",
        ])
    func malformed(text: String) throws {
        let failure = #expect(throws: AllowedOrigins.Malformed.self) { try AllowedOrigins([Self.app, text]) }
        #expect(failure?.text == text)
        _ = try AllowedOrigins([Self.longest])
    }

    /// What nobody but a forger sends, or means somebody else.
    static let hostile = [
        "", "null", "*", "https://APP.example.com", "HTTPS://app.example.com", "http://app.example.com",
        "https://app.example.com.", "https://app.example.com/", "https://app.example.com:443", "https://app.example.co",
        "https://app.example.com.evil.com", "https://evil.com/https://app.example.com", "https://xapp.example.com",
        "https://app.example.com, https://evil.com", "https://app.example.com https://evil.com",
        "https://app.example.com,https://app.example.com", "https://app.example.com\u{0}",
        "\u{1}https://app.example.com",
        "https://app.example.com\r\nX-Injected: 1", "https://app.example.com\t\u{7F}", "https://\u{430}pp.example.com",
        String(repeating: "https://app.example.com", count: 400), "https://app.example.com%0d%0aX:1",
        "app.example.com",
    ]

    @Test("another origin is told nothing, and nobody's words are repeated")
    func foreign() throws {
        let known = try AllowedOrigins([Self.app])
        for origin in Self.hostile {
            #expect(known.allowed(origin) == nil, "\(origin)")
            #expect(Array(origin.utf8).withUnsafeBytes { known.allowed($0) == nil }, "\(origin)")
            var request: HTTPFields = [:]
            request[.origin] = origin
            // What no header can hold was made blank and cut off.
            guard request[.origin] != Self.app else { continue }
            var answer: HTTPFields = [:]
            known.mark(&answer, to: request)
            #expect(answer == [.vary: "Origin"], "\(origin)")
            var every: HTTPFields = [:]
            try AllowedOrigins(["*"]).mark(&every, to: request)
            #expect(every[.accessControlAllowOrigin] == "*" && every[.vary] == "Origin" && every.count == 3)
        }
    }

    @Test("two origins are none")
    func twice() throws {
        var answer: HTTPFields = [:]
        var request: HTTPFields = [:]
        for _ in 0..<2 { request.append(HTTPField(name: .origin, value: Self.app)) }
        try AllowedOrigins([Self.app]).mark(&answer, to: request)
        #expect(answer == [.vary: "Origin"])
    }

    @Test("the header lines of the front desk are the fields of the ordinary way")
    func lines() throws {
        let origins = try AllowedOrigins([Self.app])
        var answer: HTTPFields = [:]
        origins.mark(&answer, to: [.origin: Self.app])
        let fields = answer.filter { $0.name != .vary }.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
        #expect(String(decoding: origins.allowed(Self.app)?.lines ?? [], as: UTF8.self) == fields)
    }
}
