import NIOCore

/// A complete response, as far as a load generator cares.
struct Response {
    let status: Int
    let body: ByteBuffer
    let closesConnection: Bool

    var isSuccess: Bool { (200..<300).contains(status) }
}

/// Reads one HTTP/1.1 response with a `Content-Length` at a time: a real codec would cost more than the request.
/// A chunked response is refused, because the API does not send any on these routes.
struct ResponseParser {
    enum Progress {
        case incomplete
        case complete(Response)
        case failed(TransportFailure)
    }

    private struct Head {
        var status = 0
        var size = 0
        var contentLength: Int?
        var isChunked = false
        var closesConnection = false
    }

    static let headSizeMax = 64 << 10
    static let bodySizeMax = 64 << 20

    private var received = ByteBuffer()
    private var head: Head?

    mutating func read(_ chunk: ByteBuffer) -> Progress {
        if received.readableBytes == 0 {
            received = chunk
        } else {
            received.writeImmutableBuffer(chunk)
        }
        if head == nil {
            head = received.withUnsafeReadableBytes(Self.parseHead)
        }
        guard let head else {
            return received.readableBytes > Self.headSizeMax ? .failed(.malformed) : .incomplete
        }
        return progress(head)
    }

    private mutating func progress(_ head: Head) -> Progress {
        if head.isChunked { return .failed(.chunked) }
        let hasNoBody = head.status == 204 || head.status == 304
        guard let length = hasNoBody ? 0 : head.contentLength, (200..<600).contains(head.status),
            length <= Self.bodySizeMax
        else { return .failed(.malformed) }
        let expected = head.size + length
        guard received.readableBytes >= expected else { return .incomplete }
        guard received.readableBytes == expected,
            let body = received.getSlice(at: received.readerIndex + head.size, length: length)
        else { return .failed(.malformed) }
        self = ResponseParser()
        return .complete(Response(status: head.status, body: body, closesConnection: head.closesConnection))
    }

    private static func parseHead(_ bytes: UnsafeRawBufferPointer) -> Head? {
        guard let end = bytes.offset(of: "\r\n\r\n") else { return nil }
        var head = Head(size: end + 4)
        if bytes.matches("http/1.1 ", at: 0), let status = bytes.decimal(at: 9) {
            head.status = Int(clamping: status)
        }
        var line = 0
        while line < end, let lineEnd = bytes.offset(of: "\r\n", from: line) {
            line = lineEnd + 2
            if bytes.matches("content-length:", at: line) {
                head.contentLength = bytes.decimal(at: line + 15).map { Int(clamping: $0) }
            } else if bytes.matches("transfer-encoding:", at: line) {
                head.isChunked = true
            } else if bytes.matches("connection: close", at: line) {
                head.closesConnection = true
            }
        }
        return head
    }
}
