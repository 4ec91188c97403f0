import NIOCore

/// One reply, still as it came; what is asked for is read out of it.
///
/// It keeps alive the buffer it was read into: what is to be held for long is copied out.
package struct RedisReply: Sendable {
    /// Readable from the reply's first byte to, at least, its last.
    let buffer: ByteBuffer
    private let head: RespHead?

    init(_ buffer: ByteBuffer) {
        self.buffer = buffer
        head = buffer.withUnsafeReadableBytes { bytes in try? RespHead(bytes, at: 0, .none) }
    }

    private var type: UInt8 { buffer.withUnsafeReadableBytes { $0.first ?? 0 } }

    package var isNull: Bool { head?.isNull ?? false }

    /// The server's error, if that is what it answered.
    package var error: RedisError? {
        guard type == UInt8(ascii: "-") else { return nil }
        return RedisError(.server, line { String(decoding: $0, as: UTF8.self) })
    }

    /// The bytes of a string, simple or bulk; nil for null.
    /// - Throws: `RedisError` with the codes `server` and `unexpectedReply`, as the others do.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        switch (type, head?.kind) {
        case (UInt8(ascii: "+"), _): return try line(body)
        case (UInt8(ascii: "$"), .bulk(let count)?):
            return try buffer.withUnsafeReadableBytes { bytes in
                guard let head, bytes.count - head.end >= count else { throw unexpected("a string") }
                return try body(UnsafeRawBufferPointer(rebasing: bytes[head.end..<head.end + count]))
            }
        default:
            if isNull { return nil }
            throw unexpected("a string")
        }
    }

    /// The bytes of a string, sharing memory with the reply; nil for null.
    package func bytes() throws -> ByteBuffer? {
        if type == UInt8(ascii: "$"), let head, case .bulk(let count) = head.kind {
            return buffer.getSlice(at: buffer.readerIndex + head.end, length: count)
        }
        return try withBytes { ByteBuffer(bytes: $0) }
    }

    /// Text; nil for null. Invalid UTF-8 is repaired.
    package func string() throws -> String? {
        try withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// An integer, also one in a string; nil for null.
    package func integer() throws -> Int64? {
        let parsed: Int64?? =
            type == UInt8(ascii: ":") ? .some(line(Self.integer)) : try withBytes(Self.integer)
        guard let parsed else { return nil }
        guard let value = parsed else { throw unexpected("an integer") }
        return value
    }

    /// A floating-point number in a string; nil for null.
    package func double() throws -> Double? {
        guard let text = try string() else { return nil }
        guard let value = Double(text) else { throw unexpected("a number") }
        return value
    }

    /// The values of an array; nil for null.
    package func elements() throws -> RedisElements? {
        if isNull { return nil }
        guard let head, case .array(let count) = head.kind else { throw unexpected("an array") }
        var rest = buffer
        rest.moveReaderIndex(forwardBy: head.end)
        return RedisElements(count: count, buffer: rest)
    }

    /// What stands between the type and the line end.
    private func line<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeReadableBytes { bytes in
            guard let end = head?.end, end >= 3, end <= bytes.count else {
                return try body(.init(start: nil, count: 0))
            }
            return try body(UnsafeRawBufferPointer(rebasing: bytes[1..<end - 2]))
        }
    }

    private func unexpected(_ wanted: String) -> RedisError {
        error ?? RedisError(.unexpectedReply, "\(wanted) was expected, not the type \(Character(Unicode.Scalar(type)))")
    }

    private static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text[1...] : text[...]
        var value: Int64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            // Counted downwards, because there is one more number below zero than above.
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, underflow) = tenfold.subtractingReportingOverflow(Int64(digit))
            guard digit < 10, !overflow, !underflow else { return nil }
            value = next
        }
        guard !digits.isEmpty, isNegative || value != .min else { return nil }
        return isNegative ? value : -value
    }
}

extension RedisReply {
    /// Calls back with each value of an array of strings and integers, in one pass that makes nothing of them: for
    /// timelines and long lists. Null for null.
    /// - Throws: `RedisError` with the codes `server` and `unexpectedReply`, and what the body throws.
    package func forEachBytes(_ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
        guard let elements = try elements() else { return }
        try elements.buffer.withUnsafeReadableBytes { bytes in
            var position = 0
            for _ in 0..<elements.count {
                guard let value = try? RespHead(bytes, at: position, .none) else { throw Self.notFlat }
                let type = bytes[position]
                switch value.kind {
                case .line:
                    if type == UInt8(ascii: "-") { throw Self.notFlat }
                    try body(value.isNull ? nil : .init(rebasing: bytes[position + 1..<value.end - 2]))
                    position = value.end
                case .bulk(let count):
                    try body(.init(rebasing: bytes[value.end..<value.end + count]))
                    position = value.end + count + 2
                case .array: throw Self.notFlat
                }
            }
        }
    }

    private static let notFlat = RedisError(.unexpectedReply, "an array of strings and integers was expected")
}

extension ReplyLimits {
    /// For what was scanned before.
    static let none = {
        var limits = ReplyLimits()
        limits.bulkBytesMax = .max
        limits.lineBytesMax = .max
        limits.elementsMax = .max
        return limits
    }()
}
