/// Bytes of HTTP/2 (RFC 9113), also such as no client would send.
enum HTTP2Frames {
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4

    /// What a client begins with: the preface and its settings, all at their defaults.
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(.settings)

    static func frame(_ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        Array(bytes(UInt32(payload.count)).dropFirst()) + [kind.rawValue, flags] + bytes(stream) + payload
    }

    static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// A head from HPACK's static table and literals that enter no table.
    static func head(
        _ method: String = "GET", path: String = "/healthz", _ fields: [(String, String)] = []
    ) -> [UInt8] {
        let scheme: [UInt8] = [method == "GET" ? 0x82 : 0x83, 0x87]
        return scheme + [0x04] + literal(path) + [0x01] + literal("localhost")
            + fields.flatMap { [0x00] + literal($0.0) + literal($0.1) }
    }

    /// A header that enters HPACK's table.
    static func indexed(_ name: String, _ value: String) -> [UInt8] {
        [0x40] + literal(name) + literal(value)
    }

    /// A whole GET.
    static func get(stream: UInt32) -> [UInt8] {
        frame(.headers, flags: endStream | endHeaders, stream: stream, head())
    }

    private static func literal(_ text: String) -> [UInt8] {
        var count = text.utf8.count
        guard count >= 127 else { return [UInt8(count)] + Array(text.utf8) }
        // RFC 7541, 5.1: the rest in groups of seven bits.
        var prefix: [UInt8] = [127]
        count -= 127
        while count >= 128 {
            prefix.append(UInt8(count % 128 + 128))
            count /= 128
        }
        return prefix + [UInt8(count)] + Array(text.utf8)
    }

    /// The frames that `bytes` begin with.
    static func all(in bytes: [UInt8]) -> [(kind: Kind?, flags: UInt8, stream: UInt32, payload: [UInt8])] {
        var rest = bytes[...]
        var found: [(kind: Kind?, flags: UInt8, stream: UInt32, payload: [UInt8])] = []
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard rest.count >= 9 + count else { break }
            let stream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            found.append((Kind(rawValue: head[3]), head[4], stream, Array(rest.dropFirst(9).prefix(count))))
            rest = rest.dropFirst(9 + count)
        }
        return found
    }
}
