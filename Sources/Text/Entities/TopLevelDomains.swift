/// The top-level domains that exist: what tells `example.com` from `archive.tar` in a text.
enum TopLevelDomains {
    /// Finds where the top-level domain ends that a label begins with, the longest one. No letter or digit, `@`, `+` or `-`
    /// of ASCII may follow. Scripts without spaces go on in the next sentence, so there a part of the label is enough.
    static func end(in text: UTF8Text, from start: Int) -> Int? {
        if text.hasASCII("xn--", at: start) { return encodedEnd(in: text, from: start + 4) }
        var hash = Table.hashStart
        var position = start
        var found: Int?
        for _ in 0..<table.scalarsMax {
            let (scalar, length) = text.scalar(at: position)
            guard scalar >= 0x80 || UInt8(truncatingIfNeeded: scalar).isASCIIAlphanumeric else { break }
            position += length
            hash = Table.hash(hash, folded(scalar))
            if mayEnd(before: text[position]), table.contains(hash, text, start..<position) { found = position }
        }
        return found
    }

    private static func encodedEnd(in text: UTF8Text, from start: Int) -> Int? {
        var end = start
        while text[end].isASCIIAlphanumeric || text[end] == UInt8(ascii: "-") { end += 1 }
        return end > start ? end : nil
    }

    private static func mayEnd(before next: UInt8) -> Bool {
        !next.isASCIIAlphanumeric && next != UInt8(ascii: "@") && next != UInt8(ascii: "+") && next != UInt8(ascii: "-")
    }

    /// The names are in lower case; Latin and Cyrillic are the scripts among them that have cases.
    private static func folded(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x41...0x5A, 0xC0...0xD6, 0xD8...0xDE, 0x410...0x42F: scalar + 0x20
        default: scalar
        }
    }

    private static let table = Table(list)

    /// The names by hash, so that every prefix of a label is looked up as it is read.
    private struct Table {
        private var names: [UInt64: [UInt32]] = [:]
        private(set) var scalarsMax = 0

        /// FNV-1a, over scalars.
        static let hashStart: UInt64 = 0xCBF2_9CE4_8422_2325

        static func hash(_ hash: UInt64, _ scalar: UInt32) -> UInt64 {
            (hash ^ UInt64(scalar)) &* 0x100_0000_01B3
        }

        init(_ list: String) {
            for name in list.split(whereSeparator: \.isWhitespace) {
                let scalars = name.unicodeScalars.map(\.value)
                names[scalars.reduce(Self.hashStart, Self.hash)] = scalars
                scalarsMax = max(scalarsMax, scalars.count)
            }
        }

        func contains(_ hash: UInt64, _ text: UTF8Text, _ range: Range<Int>) -> Bool {
            guard let name = names[hash] else { return false }
            var position = range.lowerBound
            for expected in name {
                let (scalar, length) = text.scalar(at: position)
                guard position < range.upperBound, folded(scalar) == expected else { return false }
                position += length
            }
            return position == range.upperBound
        }
    }
}
