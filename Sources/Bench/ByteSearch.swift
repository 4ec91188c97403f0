import Foundation

extension UnsafeRawBufferPointer {
    /// The offset of the first occurrence of `needle` at or after `start`.
    func offset(of needle: StaticString, from start: Int = 0) -> Int? {
        guard let base = baseAddress else { return nil }
        var offset = start
        while offset + needle.utf8CodeUnitCount <= count {
            guard let hit = memchr(base + offset, Int32(needle.utf8Start[0]), count - offset) else { return nil }
            offset = UnsafeRawPointer(hit) - base
            guard offset + needle.utf8CodeUnitCount <= count else { return nil }
            if memcmp(base + offset, needle.utf8Start, needle.utf8CodeUnitCount) == 0 { return offset }
            offset += 1
        }
        return nil
    }

    /// Whether the bytes at `start` are `lowercased`, in either case. `lowercased` must be ASCII in lower case.
    func matches(_ lowercased: StaticString, at start: Int) -> Bool {
        guard start + lowercased.utf8CodeUnitCount <= count else { return false }
        for offset in 0..<lowercased.utf8CodeUnitCount {
            var byte = self[start + offset]
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { byte |= 0x20 }
            guard byte == lowercased.utf8Start[offset] else { return false }
        }
        return true
    }

    /// The decimal number at `start`, after any spaces; nil without digits or beyond 64 bits.
    func decimal(at start: Int) -> UInt64? {
        var index = start
        while index < count, self[index] == UInt8(ascii: " ") { index += 1 }
        var value: UInt64?
        while index < count, case let digit = self[index] &- UInt8(ascii: "0"), digit < 10 {
            let (scaled, overflowed) = (value ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, carried) = scaled.addingReportingOverflow(UInt64(digit))
            guard !overflowed && !carried else { return nil }
            value = sum
            index += 1
        }
        return value
    }
}
