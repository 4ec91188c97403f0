#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The first line of one value in RESP2.
struct RespHead {
    enum Kind: Equatable {
        /// A simple string, an error or an integer: nothing follows.
        case line
        /// So many bytes follow and a line end.
        case bulk(Int)
        /// So many values follow.
        case array(Int)
    }

    let kind: Kind
    /// After the line end.
    let end: Int
    /// `$-1` or `*-1`.
    let isNull: Bool

    private init(_ kind: Kind, end: Int, isNull: Bool = false) {
        self.kind = kind
        self.end = end
        self.isNull = isNull
    }

    /// - Returns: nil if the line is not complete.
    /// - Throws: `RedisError` with the code `malformedReply`.
    init?(_ bytes: UnsafeRawBufferPointer, at start: Int, _ limits: ReplyLimits) throws(RedisError) {
        guard start < bytes.count else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"):
            guard let end = try Self.lineEnd(bytes, from: start, limits.lineBytesMax) else { return nil }
            self.init(.line, end: end)
        case UInt8(ascii: "$"):
            guard let (count, end) = try Self.count(bytes, from: start + 1) else { return nil }
            guard count <= limits.bulkBytesMax else { throw Self.malformed("a bulk of \(count) bytes") }
            self.init(count < 0 ? .line : .bulk(count), end: end, isNull: count < 0)
        case UInt8(ascii: "*"):
            guard let (count, end) = try Self.count(bytes, from: start + 1) else { return nil }
            guard count <= limits.elementsMax else { throw Self.malformed("an array of \(count) values") }
            self.init(count < 0 ? .line : .array(count), end: end, isNull: count < 0)
        default:
            throw Self.malformed("a value of the type \(bytes[start])")
        }
    }

    static func malformed(_ detail: String) -> RedisError { RedisError(.malformedReply, detail) }

    private static func lineEnd(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ lengthMax: Int
    ) throws(RedisError) -> Int? {
        let searched = min(bytes.count - start, lengthMax)
        guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(UInt8(ascii: "\n")), searched) else {
            if searched == lengthMax { throw malformed("a line of more than \(lengthMax) bytes") }
            return nil
        }
        let newline = base.distance(to: UnsafeRawPointer(found))
        guard newline > start, bytes[newline - 1] == UInt8(ascii: "\r") else {
            throw malformed("a line end without CR")
        }
        return newline + 1
    }

    /// The digits of a length and the end of their line. -1 is the only negative one.
    private static func count(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(RedisError) -> (count: Int, end: Int)? {
        var position = start
        var count = 0
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let digits = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\r") {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10, position - digits < 12 else { throw malformed("a length that is none") }
            count = count * 10 + Int(digit)
            position += 1
        }
        guard position + 1 < bytes.count else { return nil }
        guard position > digits, bytes[position + 1] == UInt8(ascii: "\n"), !isNegative || count == 1 else {
            throw malformed("a length that is none")
        }
        return (isNegative ? -1 : count, position + 2)
    }
}
