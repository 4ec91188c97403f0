import Core

/// The bytes of one log line while it is put together. Nothing that a client sent can end the line, start a new one,
/// or make up a key: control characters, line separators and text-direction overrides are written as escapes.
struct LogText {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(256)
    }

    var isFull: Bool { bytes.count >= Limits.logLineBytesMax }

    mutating func append(_ ascii: StaticString) {
        ascii.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ timestamp: Timestamp) {
        timestamp.append(to: &bytes)
    }

    /// A key as it may stand without quotes: what is not `[A-Za-z0-9_.-]` becomes `_`.
    mutating func appendKey(_ key: String) {
        if key.isEmpty { bytes.append(UInt8(ascii: "_")) }
        for byte in key.utf8 {
            bytes.append(Self.isPlain(byte) ? byte : UInt8(ascii: "_"))
        }
    }

    /// A value of logfmt: bare if that is unambiguous, else in quotes.
    mutating func appendLogfmt(_ value: String) {
        let isBare = !value.isEmpty && value.utf8.count <= 128 && value.utf8.allSatisfy(Self.isBare)
        if isBare {
            bytes.append(contentsOf: value.utf8)
        } else {
            appendQuoted(value)
        }
    }

    /// The digits of a number that is valid JSON.
    mutating func appendNumber(_ number: String) {
        bytes.append(contentsOf: number.utf8)
    }

    /// A JSON string, cut after `Limits.logValueBytesMax`.
    mutating func appendQuoted(_ value: String) {
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        let end = Self.cut(text)
        var index = 0
        while index < end {
            let byte = text[index]
            if let (scalar, length) = Self.hiddenScalar(in: text, at: index) {
                appendEscape(scalar)
                index += length
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\r"): append("\\r")
            case UInt8(ascii: "\t"): append("\\t")
            default: bytes.append(byte)
            }
            index += 1
        }
        if end < text.count { append("…") }
    }

    private mutating func appendEscape(_ scalar: UInt16) {
        append("\\u")
        for shift: UInt16 in [12, 8, 4, 0] {
            let digit = UInt8(scalar >> shift & 0xF)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Where a long value ends, so that no scalar is cut in two.
    private static func cut(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard text.count > Limits.logValueBytesMax else { return text.count }
        var end = Limits.logValueBytesMax
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    /// C0 and C1 controls and DEL, line and paragraph separators, overrides and isolates of text direction:
    /// the scalar and its length in UTF-8, if one of them stands here and has no short escape.
    private static func hiddenScalar(
        in text: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (scalar: UInt16, length: Int)? {
        let byte = text[index]
        if byte < 0x80 {
            let hasShortEscape = byte == 0x0A || byte == 0x0D || byte == 0x09
            return (byte < 0x20 && !hasShortEscape) || byte == 0x7F ? (UInt16(byte), 1) : nil
        }
        if byte == 0xC2, text[index + 1] < 0xA0 { return (UInt16(text[index + 1]), 2) }
        guard byte == 0xE2 else { return nil }
        switch (text[index + 1], text[index + 2]) {
        case (0x80, 0xA8...0xAE): return (0x2000 + UInt16(text[index + 2]) - 0x80, 3)
        case (0x81, 0xA6...0xA9): return (0x2040 + UInt16(text[index + 2]) - 0x80, 3)
        default: return nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "\\"), ...0x20, 0x7F...: false
        default: true
        }
    }
}
