#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lays bytes one behind the other into memory: how answers are put together from what is encoded already.
///
/// What does not fit is dropped and remembered, so that whoever gave the memory can come again with more.
package struct ByteSplicer {
    private let destination: UnsafeMutableRawBufferPointer
    /// Bytes written so far.
    package private(set) var count = 0
    /// Whether something was dropped for want of room.
    package private(set) var isOverfull = false

    package init(_ destination: UnsafeMutableRawBufferPointer) {
        self.destination = destination
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= destination.count - count else { return isOverfull = true }
        guard let source = bytes.baseAddress, let target = destination.baseAddress else { return }
        memcpy(target + count, source, bytes.count)
        count += bytes.count
    }

    package mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    package mutating func append(_ bytes: borrowing FrozenBytes) {
        bytes.withUnsafeBytes { append($0) }
    }

    package mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }

    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    package mutating func append(_ byte: UInt8) {
        guard count < destination.count else { return isOverfull = true }
        destination[count] = byte
        count += 1
    }

    /// Appends a number in digits of this base, 2 to 36.
    package mutating func append(_ number: Int, base: UInt = 10) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var digits = 1
        var rest = number.magnitude
        while rest >= base {
            rest /= base
            digits += 1
        }
        guard digits <= destination.count - count else { return isOverfull = true }
        rest = number.magnitude
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest % base)
            destination[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest /= base
        }
        count += digits
    }
}

extension Array where Element == UInt8 {
    /// What `write` lays; it is called again with more room for as long as it asks for more. Nil where it returns false.
    package init?(splicing expectedCount: Int, _ write: (inout ByteSplicer) -> Bool) {
        var capacity = Swift.max(expectedCount, 64)
        while true {
            var isDone = false
            var isOverfull = false
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                var splicer = ByteSplicer(UnsafeMutableRawBufferPointer(buffer))
                isDone = write(&splicer)
                isOverfull = splicer.isOverfull
                count = splicer.count
            }
            guard isDone else { return nil }
            guard isOverfull else {
                self = bytes
                return
            }
            capacity *= 2
        }
    }
}
