#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A line of a file, without its end; or several where quotes hold them together.
struct Line {
    /// Of the first line, counted from 1.
    let number: Int64
    let lastNumber: Int64
    /// Empty where it is too long.
    let bytes: ArraySlice<UInt8>
    let isTooLong: Bool

    /// Whether there is nothing in it, or a comment that starts with `#` or `%`.
    var isBlankOrComment: Bool {
        guard let first = bytes.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else {
            return !isTooLong
        }
        return first == UInt8(ascii: "#") || first == UInt8(ascii: "%")
    }
}

/// Reads a file line by line, with no more of it in memory than the longest line allowed and what was read last.
struct LineReader {
    static let lineBytesMax = 1024 * 1024

    private static let newline = UInt8(ascii: "\n")
    private let file: InputFile
    private var buffer: [UInt8] = []
    /// Where the next line starts in `buffer`.
    private var start = 0
    private(set) var number: Int64 = 0

    init(_ file: InputFile) {
        self.file = file
    }

    /// - Throws: `ImportError` where the file cannot be read on.
    mutating func next() throws -> Line? {
        var scanned = start
        var isTooLong = false
        while true {
            if let end = newline(from: scanned) {
                return line(endingAt: end, next: end + 1, isTooLong: isTooLong)
            }
            if isTooLong || buffer.count - start > Self.lineBytesMax {
                isTooLong = true
                start = buffer.count
            }
            buffer.removeSubrange(..<start)
            start = 0
            scanned = buffer.count
            guard try file.read(into: &buffer, atLine: number + 1) else {
                return buffer.isEmpty && !isTooLong
                    ? nil : line(endingAt: buffer.count, next: buffer.count, isTooLong: isTooLong)
            }
            if number == 0, scanned == 0, !isTooLong, buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        }
    }

    private mutating func line(endingAt end: Int, next: Int, isTooLong: Bool) -> Line {
        var bytes = isTooLong || end - start > Self.lineBytesMax ? buffer[end..<end] : buffer[start..<end]
        let isTooLong = isTooLong || end - start > Self.lineBytesMax
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        start = next
        number += 1
        return Line(number: number, lastNumber: number, bytes: bytes, isTooLong: isTooLong)
    }

    private func newline(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, index < bytes.count,
                let found = memchr(base + index, Int32(Self.newline), bytes.count - index)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}

extension LineReader {
    /// The next line, with those after it up to the one that closes its quotes: RFC 4180 allows line breaks inside.
    mutating func nextQuoted() throws -> Line? {
        guard let first = try next() else { return nil }
        var bytes = first.bytes
        var last = first
        var isQuoteOpen = Self.hasOddQuotes(first)
        while isQuoteOpen, !last.isTooLong, bytes.count <= Self.lineBytesMax, let line = try next() {
            bytes.append(Self.newline)
            bytes.append(contentsOf: line.bytes)
            isQuoteOpen = isQuoteOpen != Self.hasOddQuotes(line)
            last = line
        }
        let isTooLong = last.isTooLong || bytes.count > Self.lineBytesMax
        return Line(
            number: first.number, lastNumber: last.number, bytes: isTooLong ? [] : bytes, isTooLong: isTooLong)
    }

    private static func hasOddQuotes(_ line: Line) -> Bool {
        line.bytes.reduce(into: false) { if $1 == UInt8(ascii: "\"") { $0.toggle() } }
    }
}
