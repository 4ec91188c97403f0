import Core
import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("Requests the front desk reads")
struct FrontRequestTests {
    private static func read(_ bytes: [UInt8]) -> FrontRequest? {
        bytes.withUnsafeBytes { FrontRequest($0) }
    }

    private static func get(_ fields: String = "", line: String = "GET /v1/feed HTTP/1.1") -> String {
        "\(line)\r\nHost: localhost\r\n\(fields)\r\n"
    }

    private static func field(_ name: String, _ value: String = "x") -> String { get("\(name): \(value)\r\n") }

    @Test("a target and an authorization are found, whatever stands around them")
    func read() throws {
        let requests: [(String, String, String, Bool)] = [
            (Self.get(), "/v1/feed", "", false),
            (Self.get(line: "GET / HTTP/1.1"), "/", "", false),
            (
                Self.get(line: "GET /?a=b&c=\"<>[]{}|\\^`~!$'()*,;:@ HTTP/1.1"), "/?a=b&c=\"<>[]{}|\\^`~!$'()*,;:@", "",
                false
            ),
            (Self.get(line: "GET //v1//feed?? HTTP/1.1"), "//v1//feed??", "", false),
            (Self.field("Authorization", "Bearer a.b.c"), "/v1/feed", "Bearer a.b.c", false),
            (Self.get("AUTHORIZATION:x\r\n"), "/v1/feed", "x", false),
            (Self.get("authorization:\t x y \t\r\n"), "/v1/feed", "x y", false),
            (Self.field("x-FORWARDED-for"), "/v1/feed", "", true),
            (Self.field("Connection", "Keep-ALIVE"), "/v1/feed", "", false),
            (Self.field("User-Agent", "curl/8 (a; b) \"c\"\tü".replacing("ü", with: "u")), "/v1/feed", "", false),
            (Self.get("X-Empty:\r\nX-Blank: \t \r\n!#$%&'*+-.^_`|~09azAZ: x\r\n"), "/v1/feed", "", false),
            (Self.field("Upgrade-Insecure-Requests", "1"), "/v1/feed", "", false),
            ("GET /v1/feed HTTP/1.1\r\nA: b\r\nhOST:localhost\r\n\r\n", "/v1/feed", "", false),
            ("GET /v1/feed HTTP/1.1\r\nHost:\r\n\r\n", "/v1/feed", "", false),
            (Self.get(String(repeating: "a:\r\n", count: Limits.headerCountMax - 1)), "/v1/feed", "", false),
            (Self.sized(FrontRequest.lengthMax), "/v1/feed", "", false),
        ]
        for (text, target, authorization, isForwarded) in requests {
            let bytes = Array(text.utf8)
            for rest in ["", "GET / HTTP/1.1\r\n\r\n", "\u{0}\u{0}", "\n"] {
                let request = try #require(Self.read(bytes + Array(rest.utf8)), "\(text)")
                #expect(request.length == bytes.count, "\(text)")
                #expect(String(decoding: bytes[request.target], as: UTF8.self) == target)
                #expect(String(decoding: bytes[request.authorization], as: UTF8.self) == authorization)
                #expect(request.isForwarded == isForwarded)
            }
        }
    }

    /// A request of so many bytes.
    private static func sized(_ count: Int) -> String {
        get("A: " + String(repeating: "a", count: count - get("A: \r\n").utf8.count) + "\r\n")
    }

    private static let foreign = [
        "Content-Length", "content-length", "Transfer-Encoding", "TRANSFER-ENCODING", "Expect", "Upgrade", "TE", "Te",
        "Trailer", "HTTP2-Settings", "Proxy-Connection", "proxy-CONNECTION", "Connection",
    ]

    private static let odd = [
        "no host": "GET /v1/feed HTTP/1.1\r\nX-A: localhost\r\n\r\n",
        "no header at all": "GET /v1/feed/feed/feed HTTP/1.1\r\n\r\n",
        "two hosts": field("Host", "localhost"), "two hosts, one in capitals": field("HOST", "localhost"),
        "two authorizations": get("Authorization: x\r\nauthorization: x\r\n"),
        "an empty authorization": get("Authorization: \r\n"),
        "an empty authorization and another": get("Authorization:\r\nAuthorization: x\r\n"),
        "two origins": get("Origin: http://a\r\norigin: http://a\r\n"),
        "two origins, one empty": get("Origin:\r\nOrigin: http://a\r\n"),
        "a request to close": field("Connection", "close"),
        "a request to close in a list": field("Connection", "keep-alive, close"),
        "a list": field("Connection", "keep-alive, x"), "an empty list": field("Connection", ""),
        "another method": get(line: "POST /v1/feed HTTP/1.1"), "HEAD": get(line: "HEAD /v1/feed HTTP/1.1"),
        "lower case": get(line: "get /v1/feed HTTP/1.1"), "no method": get(line: "/v1/feed HTTP/1.1"),
        "a longer method": get(line: "GETS /v1/feed HTTP/1.1"), "a space before": " " + get(),
        "an empty line before": "\r\n" + get(), "a line feed before": "\n" + get(),
        "HTTP/1.0": get(line: "GET /v1/feed HTTP/1.0"), "HTTP/1.2": get(line: "GET /v1/feed HTTP/1.2"),
        "HTTP/2.0": get(line: "GET /v1/feed HTTP/2.0"), "http": get(line: "GET /v1/feed http/1.1"),
        "no version": get(line: "GET /v1/feed"), "more behind": get(line: "GET /v1/feed HTTP/1.1 x"),
        "a space behind": get(line: "GET /v1/feed HTTP/1.1 "), "two spaces": get(line: "GET  /v1/feed HTTP/1.1"),
        "two spaces before the version": get(line: "GET /v1/feed  HTTP/1.1"),
        "tabs": get(line: "GET\t/v1/feed\tHTTP/1.1"), "a space in the target": get(line: "GET /v1/f eed HTTP/1.1"),
        "absolute": get(line: "GET http://localhost/v1/feed HTTP/1.1"), "a star": get(line: "GET * HTTP/1.1"),
        "no target": get(line: "GET HTTP/1.1"), "no slash": get(line: "GET v1/feed HTTP/1.1"),
        "percent": get(line: "GET /v1/%66eed HTTP/1.1"), "plus": get(line: "GET /v1/feed?cursor=a+b HTTP/1.1"),
        "a fragment": get(line: "GET /v1/feed#top HTTP/1.1"), "null": get(line: "GET /v1/fe\u{0}ed HTTP/1.1"),
        "delete": get(line: "GET /v1/fe\u{7F}ed HTTP/1.1"), "not ASCII": get(line: "GET /v1/féed HTTP/1.1"),
        "a bare line feed": "GET /v1/feed HTTP/1.1\nHost: localhost\r\n\r\n",
        "a bare line feed after a header": "GET /v1/feed HTTP/1.1\r\nHost: localhost\n\r\n",
        "a bare line feed at the end": "GET /v1/feed HTTP/1.1\r\nHost: localhost\r\n\n",
        "a bare carriage return": "GET /v1/feed HTTP/1.1\rHost: localhost\r\n\r\n",
        "a carriage return at the end": "GET /v1/feed HTTP/1.1\r\nHost: localhost\r\n\r\r\n",
        "two carriage returns": "GET /v1/feed HTTP/1.1\r\nHost: localhost\r\r\n\r\n",
        "a carriage return in a value": field("X-A", "a\rb"), "a line feed in a value": field("X-A", "a\nb"),
        "null in a value": field("X-A", "a\u{0}b"), "not ASCII in a value": field("X-A", "é"),
        "delete in a value": field("X-A", "\u{7F}"), "a vertical tab in a value": field("X-A", "\u{0B}"),
        "a folded line": get("X-A: a\r\n b\r\n"), "a line folded by a tab": get("X-A: a\r\n\tb\r\n"),
        "a folded first line": "GET /v1/feed HTTP/1.1\r\n Host: localhost\r\nHost: x\r\n\r\n",
        "a space before the colon": get("X-A : a\r\n"), "a space in a name": get("X A: a\r\n"),
        "no name": get(": a\r\n"), "no colon": get("X-A\r\n"), "a quote in a name": get("\"X\": a\r\n"),
        "not ASCII in a name": get("é: a\r\n"), "a null in a name": get("X\u{0}: a\r\n"),
        "a header too many": get(String(repeating: "a:\r\n", count: Limits.headerCountMax)),
        "a head too long": sized(FrontRequest.lengthMax + 1), "a far longer head": sized(100_000),
        "a target without an end": "GET /" + String(repeating: "a", count: 100_000),
    ]

    @Test("what is anything else goes the ordinary way")
    func refused() {
        for name in Self.foreign { #expect(Self.read(Array(Self.field(name).utf8)) == nil, "\(name)") }
        for name in Self.foreign { #expect(Self.read(Array(Self.field(name, "0").utf8)) == nil, "\(name)") }
        for (name, text) in Self.odd {
            #expect(Self.read(Array(text.utf8)) == nil, "\(name)")
            #expect(Self.read(Array((text + Self.get()).utf8)) == nil, "\(name), and a request behind it")
        }
    }

    @Test("no part of a request is one")
    func truncated() {
        let fields = "Authorization: Bearer a.b.c\r\nConnection: keep-alive\r\nAccept: */*\r\n"
        let bytes = Array(Self.get(fields).utf8)
        for count in bytes.indices { #expect(Self.read(Array(bytes[..<count])) == nil, "\(count) bytes") }
        #expect(Self.read(bytes) != nil)
    }

    @Test("of requests with a few bytes changed it takes only what a strict reader takes")
    func mutated() {
        var numbers = SeededGenerator(seed: 7)
        let fields = "Authorization: Bearer a.b.c\r\nConnection: keep-alive\r\nTe-X: */*\r\n"
        let whole = Array(Self.get(fields, line: "GET /v1/feed?limit=2 HTTP/1.1").utf8)
        let telling = Array("\r\n\t :%+#\u{0}\u{7F}aH".utf8) + [0x80, 0xFF]
        var taken = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                let place = Int.random(in: bytes.indices, using: &numbers)
                let byte = telling.randomElement(using: &numbers) ?? 0
                switch Int.random(in: 0..<4, using: &numbers) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.insert(contentsOf: [13, 10], at: place)
                }
            }
            guard let request = Self.read(bytes) else { continue }
            taken += 1
            #expect(StrictReader.accepts(bytes[..<request.length]), "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(taken > 1_000)
    }
}

/// Another reader of the same requests, simple and slow.
private enum StrictReader {
    static func accepts(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.allSatisfy({ $0 < 0x7F }) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\r\n\r\n") else { return false }
        let lines = text.components(separatedBy: "\r\n").dropLast(2)
        guard lines.allSatisfy({ line in line.utf8.allSatisfy { $0 >= 0x20 || $0 == 9 } && !line.isEmpty }) else {
            return false
        }
        let words = (lines.first ?? "").components(separatedBy: " ")
        guard words.count == 3, words[0] == "GET", words[2] == "HTTP/1.1", words[1].hasPrefix("/"),
            !words[1].contains(where: { "%+#\t".contains($0) })
        else { return false }
        var names: [String] = []
        for line in lines.dropFirst() {
            let parts = line.components(separatedBy: ":")
            let name = parts[0].lowercased()
            let value = parts.dropFirst().joined(separator: ":").trimmingCharacters(in: .whitespaces).lowercased()
            guard parts.count > 1, name.wholeMatch(of: /[a-z0-9!#$%&'*+.^_`|~-]+/) != nil else { return false }
            if ["te", "content-length", "transfer-encoding"].contains(name) { return false }
            if name == "connection", value != "keep-alive" { return false }
            names.append(name)
        }
        return names.count { $0 == "host" } == 1 && names.count { $0 == "authorization" } <= 1
    }
}
