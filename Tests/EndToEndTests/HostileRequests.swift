import TestSupport

/// Bytes that are no request, or two different ones for two readers.
enum HostileRequests {
    struct Case: Sendable {
        let name: String
        let bytes: [UInt8]

        init(_ name: String, _ text: String) {
            self.name = name
            bytes = Array(text.utf8)
        }

        init(_ name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Each is refused with 400, and the connection ends.
    static let malformed = framing + chunks + lines + versions + noise

    private static let login = "POST /v1/users/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    private static let chunked = login + "Transfer-Encoding: chunked\r\n\r\n"
    private static let last = "0\r\n\r\n"

    /// Two readers would see the body end at different places.
    private static let framing = [
        Case("both lengths", login + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n" + last + "G"),
        Case(
            "both lengths, other order", login + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n" + last + "G"),
        Case("two lengths", login + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc"),
        Case("the same length twice", login + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        Case("a list of lengths", login + "Content-Length: 2, 2\r\n\r\n{}"),
        Case("a negative length", login + "Content-Length: -2\r\n\r\n{}"),
        Case("a length with a sign", login + "Content-Length: +2\r\n\r\n{}"),
        Case("a hexadecimal length", login + "Content-Length: 0x2\r\n\r\n{}"),
        Case("a length beyond 64 bits", login + "Content-Length: 18446744073709551618\r\n\r\n{}"),
        Case("an empty length", login + "Content-Length: \r\n\r\n{}"),
        Case("an unknown coding", login + "Transfer-Encoding: xchunked\r\n\r\n" + last),
        Case("no coding", login + "Transfer-Encoding: identity\r\n\r\n{}"),
        Case("chunked, but not last", login + "Transfer-Encoding: chunked, identity\r\n\r\n" + last),
        Case("another coding before chunked", login + "Transfer-Encoding: gzip, chunked\r\n\r\n" + last),
        Case("chunked twice", login + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + last),
        Case("a space before the colon", login + "Transfer-Encoding : chunked\r\n\r\n" + last),
        Case("a vertical tab before the coding", login + "Transfer-Encoding: \u{0B}chunked\r\n\r\n" + last),
        Case("chunks in HTTP/1.0", "POST /v1/users/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + last),
        Case("no host", "GET /healthz HTTP/1.1\r\n\r\n"),
        Case("two hosts", health + "Host: elsewhere\r\n\r\n"),
    ]

    private static let chunks = [
        Case("a chunk size that is none", chunked + "zz\r\n{}\r\n" + last),
        Case("a negative chunk size", chunked + "-2\r\n{}\r\n" + last),
        Case("a chunk size with a prefix", chunked + "0x2\r\n{}\r\n" + last),
        Case("a chunk size beyond 64 bits", chunked + "10000000000000002\r\n{}\r\n" + last),
        Case("a chunk longer than its size", chunked + "2\r\n{}{}\r\n" + last),
        Case("chunks parted by bare line feeds", chunked + "2\n{}\n0\n\n"),
        Case("no chunk size", chunked + "\r\n{}\r\n" + last),
        Case("a line feed that ends an extension", chunked + "2;a\n{}\r\n" + last),
        Case("a line feed in an extension", chunked + "2;a\nb\r\n{}\r\n" + last),
        Case("a null in an extension", chunked + "2;a\u{0}\r\n{}\r\n" + last),
        Case("a space before an extension", chunked + "2 ;a\r\n{}\r\n" + last),
        Case("a line feed behind a chunk", chunked + "2\r\n{}\n" + last),
        Case("a line feed behind the last chunk", chunked + "2\r\n{}\r\n0\r\n\n"),
        Case("a folded line behind the chunks", chunked + "2\r\n{}\r\n0\r\nX-A: a\r\n b\r\n\r\n"),
        Case("a length behind the chunks", chunked + "2\r\n{}\r\n0\r\nContent-Length: 40\r\n\r\n"),
        Case("a coding behind the chunks", chunked + "2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Case("no name behind the chunks", chunked + "2\r\n{}\r\n0\r\n: a\r\n\r\n"),
    ]

    private static let lines = [
        Case("bare line feeds", "GET /healthz HTTP/1.1\nHost: localhost\n\n"),
        Case("a carriage return in a value", health + "X-A: a\rb\r\n\r\n"),
        Case("a carriage return in a name", health + "X-\rA: a\r\n\r\n"),
        Case("a line feed in a value", health + "X-A: a\nX-B: b\r\n\r\n"),
        Case("a null in a value", health + "X-A: a\u{0}b\r\n\r\n"),
        Case("a folded line", health + "X-A: a\r\n b\r\n\r\n"),
        Case("a line that begins with a space", "GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n"),
        Case("a space before a colon", health + "X-A : a\r\n\r\n"),
        Case("no name", health + ": a\r\n\r\n"),
        Case("no colon", health + "X-A\r\n\r\n"),
        Case("a space in the target", "GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Case("a null in the target", "GET /healthz\u{0} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Case("a carriage return in the target", "GET /health\rz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Case("tabs in the request line", "GET\t/healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ]

    private static let versions = [
        Case("no version", "GET /healthz\r\n\r\n"),
        Case("an unknown version", "GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        Case("HTTP/2 in the form of HTTP/1", "GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n"),
        Case("HTTP/0.9 with a head", "GET /healthz HTTP/0.9\r\nHost: localhost\r\n\r\n"),
        Case("HTTP/1.2", "GET /healthz HTTP/1.2\r\nHost: localhost\r\n\r\n"),
        Case("another protocol", "GET /healthz SMTP/1.1\r\nHost: localhost\r\n\r\n"),
        Case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("no method", " /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Case("a method in lower case", "get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Case("a request to be a tunnel", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ]

    private static let noise = [
        Case("the hello of TLS", bytes: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + Array(repeating: 0x5A, count: 300)),
        Case("every byte", bytes: Array(0...255)),
        Case("nulls", bytes: Array(repeating: 0, count: 4_096)),
        Case("a greeting", "HELO localhost\r\n"),
    ]

    /// Some request with a few of its bytes changed, doubled or left out.
    static func mutated(_ numbers: inout SeededGenerator) -> [UInt8] {
        let requests = [
            health + "\r\n", login + "Content-Length: 2\r\n\r\n{}", chunked + "2\r\n{}\r\n" + last,
            chunked + "2;a=b\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
            "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /v1/posts/1?limit=%20&cursor=x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x.y.z\r\n\r\n",
        ]
        var bytes = Array((requests.randomElement(using: &numbers) ?? health).utf8)
        for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &numbers)
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: "\r\n".utf8, at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        return bytes
    }
}
