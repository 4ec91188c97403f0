import Core

/// A request that the front desk may answer: a complete, well-formed HTTP/1.1 GET without a body and without any header
/// that would change how it is handled. Whatever is not exactly that is left to the ordinary pipeline.
struct FrontRequest {
    /// Offsets into the bytes it was read from.
    let target: Range<Int>
    /// The whole value of the one `Authorization` header, empty where there is none.
    let authorization: Range<Int>
    /// A proxy names the client; who comes without a token is not the peer then.
    let isForwarded: Bool
    /// There is an `Accept-Encoding`, whatever it says.
    let acceptsEncoding: Bool
    /// The value of the one `Origin`, nil where there is none.
    let origin: Range<Int>?
    /// The request's length, through the empty line that ends its head.
    let length: Int
}

extension FrontRequest {
    /// The longest head looked at; longer ones go the ordinary way.
    static let lengthMax = 4_096

    /// Headers whose presence sends a request the ordinary way, in lower case. The parser there takes `Proxy-Connection` for
    /// `Connection`.
    private static let foreign: [StaticString] = [
        "content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "http2-settings",
        "proxy-connection", "starling-position",
    ]

    /// Reads the request that begins `bytes`; nil for anything but a request as described.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let prefix: StaticString = "GET /"
        guard bytes.count >= 32, Self.matches(bytes, at: 0, prefix) else { return nil }
        var index = prefix.utf8CodeUnitCount - 1
        while index < bytes.count, Self.isPlain(bytes[index]) { index += 1 }
        target = (prefix.utf8CodeUnitCount - 1)..<index
        let version: StaticString = " HTTP/1.1\r\n"
        guard Self.matches(bytes, at: index, version) else { return nil }
        index += version.utf8CodeUnitCount

        var authorization = 0..<0
        var isForwarded = false
        var acceptsEncoding = false
        var origin: Range<Int>?
        var hosts = 0
        var headers = 0
        let end = min(bytes.count, Self.lengthMax)
        while true {
            guard index + 1 < end else { return nil }
            if bytes[index] == UInt8(ascii: "\r") {
                guard bytes[index + 1] == UInt8(ascii: "\n"), hosts == 1 else { return nil }
                length = index + 2
                self.authorization = authorization
                self.isForwarded = isForwarded
                self.acceptsEncoding = acceptsEncoding
                self.origin = origin
                return
            }
            headers += 1
            guard headers <= Limits.headerCountMax, let header = Self.header(in: bytes, from: index, end: end) else {
                return nil
            }
            let name = UnsafeRawBufferPointer(rebasing: bytes[header.name])
            if Self.equals(name, "host") {
                hosts += 1
            } else if Self.equals(name, "authorization") {
                guard authorization.isEmpty, !header.value.isEmpty else { return nil }
                authorization = header.value
            } else if Self.equals(name, "connection") {
                guard Self.equals(UnsafeRawBufferPointer(rebasing: bytes[header.value]), "keep-alive") else {
                    return nil
                }
            } else if Self.equals(name, "x-forwarded-for") {
                isForwarded = true
            } else if Self.equals(name, "accept-encoding") {
                acceptsEncoding = true
            } else if Self.equals(name, "origin") {
                guard origin == nil else { return nil }
                origin = header.value
            } else if Self.foreign.contains(where: { Self.equals(name, $0) }) {
                return nil
            }
            index = header.next
        }
    }

    struct Header {
        let name: Range<Int>
        let value: Range<Int>
        let next: Int
    }

    /// `name ":" OWS value OWS CRLF` with a token for a name and visible ASCII, blanks between, for a value.
    static func header(in bytes: UnsafeRawBufferPointer, from start: Int, end: Int) -> Header? {
        var index = start
        while index < end, isToken(bytes[index]) { index += 1 }
        guard index > start, index < end, bytes[index] == UInt8(ascii: ":") else { return nil }
        let name = start..<index
        index += 1
        while index < end, isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        index = endOfText(in: bytes, from: index, end: end)
        guard index + 1 < end, bytes[index] == UInt8(ascii: "\r"), bytes[index + 1] == UInt8(ascii: "\n") else {
            return nil
        }
        var valueEnd = index
        while valueEnd > valueStart, isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        return Header(name: name, value: valueStart..<valueEnd, next: index + 2)
    }

    /// The first place that holds neither visible ASCII nor a blank.
    private static func endOfText(in bytes: UnsafeRawBufferPointer, from start: Int, end: Int) -> Int {
        var index = start
        // Eight at a time, for values are long: a high bit shows up for what is below 0x20, is 0x7F or is above
        // (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord).
        while index + 8 <= end {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let isBelow = (word &- 0x2020_2020_2020_2020) & ~word
            let isDelete = word &+ 0x0101_0101_0101_0101
            guard (isBelow | isDelete | word) & 0x8080_8080_8080_8080 == 0 else { break }
            index += 8
        }
        while index < end, bytes[index] >= 0x20 && bytes[index] < 0x7F || bytes[index] == 0x09 { index += 1 }
        return index
    }

    /// What may stand in a target here: visible ASCII but `#`, and nothing that would have to be decoded.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "%")
            && byte != UInt8(ascii: "+")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// `tchar` of RFC 9110 section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func matches(_ bytes: UnsafeRawBufferPointer, at index: Int, _ text: StaticString) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[index + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// Compares with lower-case text, whatever the case of `bytes`.
    static func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<bytes.count {
            let byte = bytes[offset]
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            guard lower == text.utf8Start[offset] else { return false }
        }
        return true
    }
}
