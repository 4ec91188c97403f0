import NIOCore
import Testing

@testable import Redis

@Suite struct WireTests {
    @Test("a command is an array of bulk strings")
    func encoding() {
        var batch = RedisBatch()
        batch.append("SET", "clé", "value")
        batch.append(keyless: "PING")
        batch.append("ZADD", "z", -17, Int64.min, 1.5, [UInt8](), ByteBuffer(string: "b"))
        #expect(
            text(batch)
                == "*3\r\n$3\r\nSET\r\n$4\r\nclé\r\n$5\r\nvalue\r\n" + "*1\r\n$4\r\nPING\r\n"
                + "*7\r\n$4\r\nZADD\r\n$1\r\nz\r\n$3\r\n-17\r\n$20\r\n-9223372036854775808\r\n$3\r\n1.5\r\n$0\r\n\r\n$1\r\nb\r\n"
        )
        #expect(batch.count == 3)
        #expect(key(0, of: batch) == "clé")
        #expect(key(1, of: batch) == nil)
        #expect(key(2, of: batch) == "z")
    }

    @Test("numbers are written in full", arguments: [0, 9, 10, -1, 999_999_999, 1_000_000_000, -100, .max, .min])
    func numbers(value: Int64) {
        var batch = RedisBatch()
        batch.append("GET", value)
        let digits = String(value)
        #expect(text(batch) == "*2\r\n$3\r\nGET\r\n$\(digits.utf8.count)\r\n\(digits)\r\n")
        #expect(key(0, of: batch) == digits)
    }

    @Test("arguments that are counted as they come", arguments: [0, 1, 7, 8, 98, 1_000])
    func counted(arguments: Int) {
        var batch = RedisBatch()
        batch.append(keyless: "PING")
        batch.append("DEL", "first") { words in
            for number in 0..<arguments { words.add(number) }
        }
        let words = (0..<arguments).map { "$\(String($0).utf8.count)\r\n\($0)\r\n" }.joined()
        #expect(text(batch) == "*1\r\n$4\r\nPING\r\n*\(arguments + 2)\r\n$3\r\nDEL\r\n$5\r\nfirst\r\n\(words)")
        #expect(key(1, of: batch) == "first")
    }

    @Test("the end of a reply is found wherever it is torn")
    func torn() throws {
        let replies = [
            "+OK\r\n", "-ERR no\r\n", ":-12\r\n", "$-1\r\n", "$0\r\n\r\n", "$5\r\na\r\nbc\r\n", "*-1\r\n", "*0\r\n",
            "*3\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n$-1\r\n+x\r\n", "*1\r\n*0\r\n",
        ]
        let bytes = Array(replies.joined().utf8)
        var ends: [Int] = []
        for reply in replies { ends.append((ends.last ?? 0) + reply.utf8.count) }
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: 3) {
                var scanner = ReplyScanner(limits: ReplyLimits())
                var found: [Int] = []
                for end in [first, second, bytes.count] {
                    try bytes[..<end].withUnsafeBytes { piece in
                        while let end = try scanner.next(piece) { found.append(end) }
                    }
                }
                try #require(found == ends)
            }
        }
    }

    @Test(
        "what is not RESP2, or exceeds a limit, is refused",
        arguments: [
            "x", "\r\n", "%1\r\n", "$x\r\n", "$-2\r\n", "$\r\n", "$--1\r\n", "$1x\r\n", "$3\r\nabcde", "$5\rx",
            "*-2\r\n",
            "$101\r\n", "*1001\r\n", "$99999999999999999999\r\n", "*9223372036854775807\r\n", "$-1234567890123\r\n",
            "+" + String(repeating: "x", count: 100), "+ok\n", ":\n", String(repeating: "*1\r\n", count: 5),
        ])
    func malformed(reply: String) {
        var limits = ReplyLimits()
        (limits.bulkBytesMax, limits.elementsMax, limits.lineBytesMax, limits.depthMax) = (100, 1_000, 64, 4)
        var scanner = ReplyScanner(limits: limits)
        let error = #expect(throws: RedisError.self) {
            _ = try Array(reply.utf8).withUnsafeBytes { try scanner.next($0) }
        }
        #expect(error?.code == .malformedReply)
    }

    @Test("random bytes never trap, and what was scanned can be read")
    func noise() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("*$+-:0123456789\r\n\r\n\r\nab".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<40).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var scanner = ReplyScanner(limits: ReplyLimits())
            guard let end = try? bytes.withUnsafeBytes({ try scanner.next($0) }) else { continue }
            touch(RedisReply(ByteBuffer(bytes: bytes[..<end])))
        }
    }

    @Test(
        "integers in strings, to their bounds",
        arguments: [
            ("0", 0), ("-0", 0), ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("", nil),
            ("-", nil), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("12x", nil), (" 1", nil),
            ("99999999999999999999", nil),
        ] as [(String, Int64?)])
    func integers(text: String, value: Int64?) {
        let reply = RedisReply(ByteBuffer(string: "$\(text.utf8.count)\r\n\(text)\r\n"))
        #expect((try? reply.integer()).flatMap(\.self) == value)
    }

    @Test("a flat array is walked in one pass, and one that is not is refused")
    func flat() throws {
        func texts(_ reply: String) throws -> [String?] {
            var texts: [String?] = []
            try RedisReply(ByteBuffer(string: reply)).forEachBytes { bytes in
                texts.append(bytes.map { String(decoding: $0, as: UTF8.self) })
            }
            return texts
        }
        #expect(try texts("*5\r\n$1\r\na\r\n$-1\r\n:7\r\n$0\r\n\r\n+x\r\n") == ["a", nil, "7", "", "x"])
        #expect(try texts("*-1\r\n").isEmpty)
        #expect(throws: RedisError.self) { try texts("*1\r\n*0\r\n") }
        #expect(throws: RedisError.self) { try texts("*1\r\n-ERR\r\n") }
        #expect(throws: RedisError.self) { try texts("$1\r\na\r\n") }
    }

    private func touch(_ reply: RedisReply) {
        _ = reply.isNull
        _ = reply.error
        _ = try? reply.string()
        _ = try? reply.bytes()
        _ = try? reply.integer()
        _ = try? reply.double()
        try? reply.forEachBytes { _ in }
        for element in (try? reply.elements()).flatMap({ $0 }).map(Array.init) ?? [] { touch(element) }
    }

    @Test("values are read out of a reply")
    func values() throws {
        let text = "*6\r\n$2\r\n42\r\n:-7\r\n$-1\r\n+fine\r\n*2\r\n*1\r\n:1\r\n:2\r\n$3\r\n1.5\r\n"
        let elements = try RedisReply(ByteBuffer(string: text)).elements()
        let values = Array(try #require(elements))
        #expect(values.count == 6)
        #expect(try values[0].integer() == 42)
        #expect(try values[0].bytes() == ByteBuffer(string: "42"))
        #expect(try values[1].integer() == -7)
        #expect(values[2].isNull)
        #expect(try values[2].string() == nil)
        #expect(try values[2].integer() == nil)
        #expect(try values[2].elements() == nil)
        #expect(try values[3].string() == "fine")
        let nested = try values[4].elements().map(Array.init) ?? []
        #expect(try nested[0].elements()?.count == 1)
        #expect(try nested[1].integer() == 2)
        #expect(try values[5].double() == 1.5)
        #expect(throws: RedisError.self) { try values[3].integer() }
        #expect(throws: RedisError.self) { try values[1].elements() }
        #expect(throws: RedisError(.server, "WRONGTYPE no")) {
            try RedisReply(ByteBuffer(string: "-WRONGTYPE no\r\n")).integer()
        }
    }

    private func text(_ batch: RedisBatch) -> String { String(buffer: batch.buffer) }

    private func key(_ index: Int, of batch: RedisBatch) -> String? {
        batch.key(of: batch.marks[index]).flatMap { batch.buffer.getString(at: $0.lowerBound, length: $0.count) }
    }
}
