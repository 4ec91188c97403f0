import HTTPClient
import NIOCore

/// Ready-made request bytes: a read is shared as it is, a new post is joined from two prebuilt halves.
struct RequestFactory: Sendable {
    private static let distinctPosts = 256

    private let reads: [ByteBuffer]
    private let writeHeads: [ByteBuffer]
    private let writeBodies: [ByteBuffer]
    private let reactions: Reactions?
    /// Names this run in idempotency keys: a repeated run with the same seed must not replay the last one's.
    private let idempotencyPrefix: String?
    private var writesMade = 0

    init(_ options: BenchOptions, tokens: [String]) {
        let host = options.address.hostHeader
        let readLine = "GET /v1/feed?limit=\(options.effectivePageSize) HTTP/1.1\r\nHost: \(host)\r\n"
        let writeLine = "POST /v1/posts HTTP/1.1\r\nHost: \(host)\r\nContent-Type: application/json\r\n"
        reads = tokens.map { ByteBuffer(string: "\(readLine)Authorization: Bearer \($0)\r\n\r\n") }
        writeHeads = tokens.map { ByteBuffer(string: "\(writeLine)Authorization: Bearer \($0)\r\n") }
        writeBodies = SeededTexts.make(count: Self.distinctPosts, seed: options.seed).map { text in
            let json = #"{"content":"\#(text)"}"#
            return ByteBuffer(string: "Content-Length: \(json.utf8.count)\r\n\r\n\(json)")
        }
        reactions = options.scenario == .react ? Reactions(posts: options.posts, tokens: tokens, host: host) : nil
        idempotencyPrefix =
            options.sendsIdempotencyKeys ? "bench-" + String(UInt64.random(in: 0...(.max)), radix: 36) : nil
    }

    /// The factory for another lane: same requests, keys and texts of its own.
    func lane(_ number: Int) -> RequestFactory {
        var factory = self
        factory.writesMade = number << 40
        return factory
    }

    var tokenCount: Int { reads.count }

    func read(token: Int) -> ByteBuffer { reads[token] }

    mutating func write(token: Int) -> ByteBuffer {
        if let reactions {
            defer { writesMade += 1 }
            return reactions.request(writesMade, token: token)
        }
        var request = writeHeads[token]
        if let idempotencyPrefix {
            request.writeString("Idempotency-Key: \(idempotencyPrefix)-\(writesMade)\r\n")
        }
        request.writeImmutableBuffer(writeBodies[writesMade % writeBodies.count])
        writesMade += 1
        return request
    }
}

/// Reactions to posts by turns, all posts with one kind and then all with the next, so that hardly one is repeated.
private struct Reactions: Sendable {
    private let lines: [ByteBuffer]
    private let heads: [ByteBuffer]
    private let bodies: [ByteBuffer]

    init(posts: [String], tokens: [String], host: String) {
        lines = posts.map { ByteBuffer(string: "POST /v1/posts/\($0)/like HTTP/1.1\r\n") }
        heads = tokens.map {
            ByteBuffer(
                string: "Host: \(host)\r\nContent-Type: application/json\r\nAuthorization: Bearer \($0)\r\n")
        }
        bodies = ["LIKE", "LOVE", "HAHA", "WOW", "SAD", "ANGRY"].map { kind in
            let json = #"{"reaction":"\#(kind)"}"#
            return ByteBuffer(string: "Content-Length: \(json.utf8.count)\r\n\r\n\(json)")
        }
    }

    func request(_ number: Int, token: Int) -> ByteBuffer {
        var request = lines[number % lines.count]
        request.writeImmutableBuffer(heads[token])
        request.writeImmutableBuffer(bodies[number / lines.count % bodies.count])
        return request
    }
}
