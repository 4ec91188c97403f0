/// What follows the host name: a port, a path, a query.
struct URLTail {
    /// Behind the address; nil when there is none after all.
    private(set) var end: Int?
    private(set) var readEnd: Int

    /// Longer slugs than any link shortened by Twitter has.
    private static let shortenedSlugLengthMax = 40
    private static let portDigitsMax = 5

    init(_ text: UTF8Text, from start: Int) {
        var position = start
        if text[position] == UInt8(ascii: ":") { position = Self.portEnd(text, from: position) ?? position }
        readEnd = position
        if text[position] == UInt8(ascii: "/") { position = readPath(text, from: position) }
        if text[position] == UInt8(ascii: "?") { position = readQuery(text, from: position) }
        end = position
    }

    private init(readEnd: Int) {
        self.readEnd = readEnd
    }

    /// Behind `t.co`, whose slugs are letters and digits: what comes then is the text again, as in `t.co/abc's`. Such links
    /// are in every archive that people bring along.
    static func shortened(_ text: UTF8Text, from start: Int) -> URLTail {
        var slugEnd = start + 1
        while text[slugEnd].isASCIIAlphanumeric { slugEnd += 1 }
        var tail = URLTail(readEnd: slugEnd)
        guard slugEnd - start - 1 <= shortenedSlugLengthMax else { return tail }
        tail.end = slugEnd
        if slugEnd > start + 1, text[slugEnd] == UInt8(ascii: "?") { tail.end = tail.readQuery(text, from: slugEnd) }
        return tail
    }

    private static func portEnd(_ text: UTF8Text, from colon: Int) -> Int? {
        var end = colon + 1
        while text[end].isASCIIDigit, end - colon <= portDigitsMax + 1 { end += 1 }
        return (1...portDigitsMax).contains(end - colon - 1) ? end : nil
    }

    private mutating func readPath(_ text: UTF8Text, from slash: Int) -> Int {
        var position = slash + 1
        var end = position
        while position < text.count {
            let (scalar, length) = text.scalar(at: position)
            if scalar == UInt32(UInt8(ascii: "(")) {
                guard let closed = readParentheses(text, from: position, isNested: false) else { break }
                position = closed
                end = closed
            } else {
                guard Scalars.isPath(scalar) else { break }
                position += length
                if Scalars.isPathEnding(scalar) { end = position }
            }
        }
        readEnd = max(readEnd, position)
        return end
    }

    /// Parentheses belong to an address only in pairs, as in `/wiki/Primer_(film)`; one pair may be in another.
    /// - Returns: behind the closing one.
    private mutating func readParentheses(_ text: UTF8Text, from open: Int, isNested: Bool) -> Int? {
        var position = open + 1
        var hasNested = false
        defer { readEnd = max(readEnd, position) }
        while position < text.count {
            let (scalar, length) = text.scalar(at: position)
            switch scalar {
            case UInt32(UInt8(ascii: ")")): return position > open + 1 ? position + 1 : nil
            case UInt32(UInt8(ascii: "(")):
                guard !isNested, !hasNested, let closed = readParentheses(text, from: position, isNested: true) else {
                    return nil
                }
                hasNested = true
                position = closed
            default:
                guard Scalars.isPath(scalar) else { return nil }
                position += length
            }
        }
        return nil
    }

    private mutating func readQuery(_ text: UTF8Text, from mark: Int) -> Int {
        var position = mark + 1
        var end = mark
        while Scalars.isQuery(text[position]) {
            position += 1
            if Scalars.isQueryEnding(text[position - 1]) { end = position }
        }
        readEnd = max(readEnd, position)
        return end
    }
}
