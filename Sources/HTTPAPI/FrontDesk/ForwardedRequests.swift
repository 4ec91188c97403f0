import Core

/// Follows the requests that were handed to the ordinary pipeline, so that the front desk knows when the bytes of the last
/// one have all been handed over.
///
/// It understands only plain framing: a head with CRLF line ends, and a body of a given length. Anything else, and it has
/// lost its place for good: then the ordinary pipeline keeps the connection to itself.
struct ForwardedRequests {
    private enum Place {
        case boundary
        /// Within a head, which so far is this.
        case head([UInt8])
        /// Within a body, with so many bytes to come.
        case body(Int)
        case lost
    }

    private var place = Place.boundary

    /// Whether every request handed over so far is whole.
    var isAtBoundary: Bool {
        if case .boundary = place { true } else { false }
    }

    /// Takes note of bytes that are handed over.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            switch place {
            case .lost: return
            case .boundary: takeHead(&rest)
            case .head(let begun): takeHead(begun, &rest)
            case .body(let missing):
                let count = min(missing, rest.count)
                rest = rest.dropping(count)
                place = count == missing ? .boundary : .body(missing - count)
            }
        }
    }

    private mutating func takeHead(_ rest: inout UnsafeRawBufferPointer) {
        guard let end = Self.endOfHead(rest, from: 0) else { return takeHead([], &rest) }
        place = Self.placeBehind(head: UnsafeRawBufferPointer(rebasing: rest[..<end]))
        rest = rest.dropping(end)
    }

    private mutating func takeHead(_ begun: [UInt8], _ rest: inout UnsafeRawBufferPointer) {
        let room = Limits.headerBytesMax - begun.count
        let head = begun + rest.prefix(room)
        head.withUnsafeBytes { head in
            if let end = Self.endOfHead(head, from: max(0, begun.count - 3)) {
                place = Self.placeBehind(head: UnsafeRawBufferPointer(rebasing: head[..<end]))
                rest = rest.dropping(end - begun.count)
            } else {
                // No head is that long.
                place = rest.count < room ? .head(Array(head)) : .lost
                rest = rest.dropping(rest.count)
            }
        }
    }

    private static func endOfHead(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private static func placeBehind(head: UnsafeRawBufferPointer) -> Place {
        guard let count = bodyCount(ofHead: head) else { return .lost }
        return count == 0 ? .boundary : .body(count)
    }

    /// The length of the body that follows a head, or nil where it cannot be told for sure.
    private static func bodyCount(ofHead head: UnsafeRawBufferPointer) -> Int? {
        guard head.count <= Limits.headerBytesMax, var index = endOfRequestLine(head) else {
            return nil
        }
        var bodyCount: Int?
        while index + 2 < head.count {
            guard let header = FrontRequest.header(in: head, from: index, end: head.count) else {
                return nil
            }
            let name = UnsafeRawBufferPointer(rebasing: head[header.name])
            let value = UnsafeRawBufferPointer(rebasing: head[header.value])
            if FrontRequest.equals(name, "content-length") {
                guard bodyCount == nil, header.value.upperBound + 2 == header.next,
                    let count = number(value)
                else {
                    return nil
                }
                bodyCount = count
            } else if FrontRequest.equals(name, "connection") {
                guard FrontRequest.equals(value, "keep-alive") else { return nil }
            } else if framing.contains(where: { FrontRequest.equals(name, $0) }) {
                return nil
            }
            index = header.next
        }
        return bodyCount ?? 0
    }

    /// Headers that change where a request ends, or what follows it.
    private static let framing: [StaticString] = [
        "transfer-encoding", "upgrade", "expect", "http2-settings", "proxy-connection",
    ]

    private static let methods: [StaticString] = [
        "GET /", "POST /", "PUT /", "PATCH /", "DELETE /", "HEAD /", "OPTIONS /",
    ]

    private static func endOfRequestLine(_ head: UnsafeRawBufferPointer) -> Int? {
        guard let method = methods.first(where: { FrontRequest.matches(head, at: 0, $0) }) else {
            return nil
        }
        var index = method.utf8CodeUnitCount
        while index < head.count, (0x21...0x7E).contains(head[index]) { index += 1 }
        let version: StaticString = " HTTP/1.1\r\n"
        return FrontRequest.matches(head, at: index, version) ? index + version.utf8CodeUnitCount : nil
    }

    private static func number(_ digits: UnsafeRawBufferPointer) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func dropping(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[count...])
    }
}
