/// Reads back what `JSONWriter.string` wrote.
package enum JSONString {
    /// - Parameter bytes: from behind the opening quote on; what follows the closing one is not looked at.
    package static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        let end = bytes.firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        // Most texts stand there as they are.
        if let end, bytes[end] == UInt8(ascii: "\"") {
            return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[..<end]), as: UTF8.self)
        }
        var text: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.next() else {
                text.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(controlCharacter(&rest))
            default: text.append(escaped)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `00` and two hexadecimal digits.
    private static func controlCharacter(_ rest: inout some IteratorProtocol<UInt8>) -> UInt8 {
        (0..<4).reduce(0) { value, _ in
            value &* 16 &+ UInt8(rest.next().flatMap { Character(Unicode.Scalar($0)).hexDigitValue } ?? 0)
        }
    }
}
