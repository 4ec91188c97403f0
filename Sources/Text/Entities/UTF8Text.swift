/// The bytes of a string while they are being scanned. Reading past the end gives U+0000, which no rule accepts.
struct UTF8Text {
    private let bytes: UnsafeBufferPointer<UInt8>

    /// - Parameter bytes: valid UTF-8, as a `String` holds it; must outlive the value.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    @inline(__always)
    subscript(_ index: Int) -> UInt8 {
        // One comparison covers both ends: a negative index is a huge one.
        UInt(bitPattern: index) < UInt(bitPattern: bytes.count) ? bytes[index] : 0
    }

    /// The scalar that begins at a byte, and how many bytes it has (1 at the end, so that loops move on).
    @inline(__always)
    func scalar(at index: Int) -> (value: UInt32, length: Int) {
        let first = self[index]
        if first < 0x80 { return (UInt32(first), 1) }
        return multibyteScalar(at: index, first: first)
    }

    private func multibyteScalar(at index: Int, first: UInt8) -> (value: UInt32, length: Int) {
        let second = UInt32(self[index + 1] & 0x3F)
        if first < 0xE0 { return (UInt32(first & 0x1F) << 6 | second, 2) }
        let third = UInt32(self[index + 2] & 0x3F)
        if first < 0xF0 { return (UInt32(first & 0x0F) << 12 | second << 6 | third, 3) }
        let fourth = UInt32(self[index + 3] & 0x3F)
        return (UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
    }

    /// The scalar that ends before a byte; nil at the start.
    func scalar(before index: Int) -> UInt32? {
        guard index > 0 else { return nil }
        var start = index - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: start).value
    }

    /// How many scalars begin in a range of bytes.
    func scalarCount(_ range: Range<Int>) -> Int {
        var count = 0
        for index in range where self[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)]), as: UTF8.self)
    }

    /// Whether ASCII letters and signs, given in lower case, stand at a byte in any case.
    func hasASCII(_ lowercase: StaticString, at index: Int) -> Bool {
        lowercase.withUTF8Buffer { expected in
            for offset in 0..<expected.count where self[index + offset].asciiLowercased != expected[offset] {
                return false
            }
            return true
        }
    }
}

extension UInt8 {
    @inline(__always) var isASCIIDigit: Bool { self &- 0x30 < 10 }
    @inline(__always) var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    @inline(__always) var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
    @inline(__always) var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
