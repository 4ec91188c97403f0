import Core
import Testing

@testable import HTTPAPI

@Suite("Requests that are handed over")
struct ForwardedRequestsTests {
    private static func post(_ length: String, _ body: String, _ fields: String = "") -> String {
        "POST /v1/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\(fields)\r\n\(body)"
    }

    private static let get = "GET /v1/feed HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// Each ends where the next one begins.
    private static let plain = [
        get, post("2", "{}"), post("0", ""), post("05", "12345"), post("\t 3", "\r\n\r"),
        post("\(get.utf8.count)", get), post("1", "x", "Connection: Keep-Alive\r\n"),
        "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "DELETE /a?b=%20 HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT / HTTP/1.1\r\ncontent-LENGTH:4\r\n\r\n\r\n\r\n", "PATCH / HTTP/1.1\r\nContent-Length: 1\r\n\r\n\n",
        "GET / HTTP/1.1\r\nA:\r\n\r\n", "OPTIONS /v1/feed HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\n\r\n", get,
    ]

    @Test("they are followed to their ends, however they are split")
    func plain() {
        let bytes = Self.plain.flatMap { Array($0.utf8) }
        var ends: Set<Int> = []
        for request in Self.plain { ends.insert((ends.max() ?? 0) + request.utf8.count) }
        var single = ForwardedRequests()
        #expect(single.isAtBoundary)
        for (index, byte) in bytes.enumerated() {
            single.take([byte])
            #expect(single.isAtBoundary == ends.contains(index + 1), "after \(index + 1) bytes")
        }
        for place in bytes.indices {
            var halves = ForwardedRequests()
            halves.take(bytes[..<place])
            #expect(halves.isAtBoundary == (place == 0 || ends.contains(place)))
            halves.take(bytes[place...])
            #expect(halves.isAtBoundary)
        }
        var whole = ForwardedRequests()
        whole.take([])
        whole.take(bytes + Array(Self.post("9", "12345678").utf8))
        #expect(!whole.isAtBoundary)
        whole.take([0])
        #expect(whole.isAtBoundary)
    }

    static let odd: [String: String] = [
        "a sign": post("+2", "{}"), "a negative length": post("-2", "{}"), "a list": post("2, 2", "{}"),
        "a list without a space": post("2,2", "{}"), "hexadecimal": post("0x2", "{}"), "no length": post("", "{}"),
        "a space behind": post("2 ", "{}"), "another number": post("٢", "{}"),
        "a long length": post("0000000002", "{}"),
        "beyond 64 bits": post("18446744073709551618", "{}"),
        "two lengths": post("2", "{}", "Content-Length: 5\r\n"),
        "the same length twice": post("2", "{}", "Content-Length: 2\r\n"),
        "chunks": "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunks and a length": post("5", "0\r\n\r\n", "transfer-encoding: chunked\r\n"),
        "an upgrade": post("2", "{}", "Upgrade: h2c\r\n"), "settings": post("2", "{}", "HTTP2-Settings: x\r\n"),
        "an expectation": post("2", "{}", "Expect: 100-continue\r\n"),
        "a request to close": post("2", "{}", "Connection: close\r\n"),
        "a list of options": post("2", "{}", "Connection: keep-alive, x\r\n"),
        "a proxy's connection": post("2", "{}", "Proxy-Connection: close\r\n"),
        "HTTP/1.0": "GET / HTTP/1.0\r\n\r\n", "HTTP/1.2": "GET / HTTP/1.2\r\n\r\n", "no version": "GET /\r\n\r\n",
        "a tunnel": "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "an absolute target": "GET http://a/ HTTP/1.1\r\n\r\n",
        "a star": "OPTIONS * HTTP/1.1\r\n\r\n", "another method": "TRACE / HTTP/1.1\r\n\r\n",
        "lower case": "get / HTTP/1.1\r\n\r\n", "a third space": "GET / x HTTP/1.1\r\n\r\n",
        "two spaces": "GET  / HTTP/1.1\r\n\r\n", "empty lines before": "\r\n\r\n" + get,
        "an empty line before": "\r\n" + get,
        "a bare line feed": "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "a bare carriage return": "GET / HTTP/1.1\rHost: x\r\n\r\n",
        "a line feed in a value": "GET / HTTP/1.1\r\nA: b\nc: d\r\n\r\n",
        "two carriage returns": "GET / HTTP/1.1\r\nA: b\r\r\n\r\n",
        "a space before the colon": "POST / HTTP/1.1\r\nContent-Length : 2\r\n\r\n{}",
        "a tab before the colon": "POST / HTTP/1.1\r\nContent-Length\t: 2\r\n\r\n{}",
        "a folded line": "POST / HTTP/1.1\r\nA: b\r\n Content-Length: 2\r\n\r\n",
        "a folded length": "POST / HTTP/1.1\r\nContent-Length:\r\n 2\r\n\r\n{}",
        "no colon": "GET / HTTP/1.1\r\nA\r\n\r\n", "no name": "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "a null": "GET / HTTP/1.1\r\nA: \u{0}\r\n\r\n", "not ASCII": "GET / HTTP/1.1\r\nA: é\r\n\r\n",
        "a head too long": "GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: Limits.headerBytesMax) + "\r\n\r\n",
        "no request": "hello\r\n\r\n",
    ]

    @Test("behind anything odd nothing is followed any more", arguments: odd.keys.sorted())
    func losing(name: String) throws {
        let bytes = Array(try #require(Self.odd[name]).utf8)
        let steps = Swift.stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200))
        for place in steps {
            for before in ["", Self.get] {
                var requests = ForwardedRequests()
                requests.take(Array(before.utf8) + bytes[..<place])
                requests.take(bytes[place...])
                for _ in 0..<3 {
                    #expect(!requests.isAtBoundary, "split at \(place)")
                    requests.take(Array(Self.get.utf8))
                    requests.take(Array("\r\n\r\n".utf8))
                }
            }
        }
    }
}

extension ForwardedRequests {
    fileprivate mutating func take(_ bytes: some Sequence<UInt8>) {
        Array(bytes).withUnsafeBytes { take($0) }
    }
}
