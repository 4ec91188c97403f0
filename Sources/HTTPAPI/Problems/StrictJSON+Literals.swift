/// What stands in no brackets: strings, numbers and words.
extension StrictJSON {
    /// A string as it stands between its quotes.
    struct Literal {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    mutating func string() throws(Broken) -> Literal {
        try take(UInt8(ascii: "\""), or: "a quotation mark is missing")
        let start = index
        var hasEscapes = false
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw broken("a control character stands in a string") }
            index += 1
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try escape()
            }
        }
        let end = index
        try take(UInt8(ascii: "\""), or: "a quotation mark is missing")
        return Literal(range: start..<end, hasEscapes: hasEscapes)
    }

    func text(of literal: Literal) -> String {
        let plain = bytes[literal.range]
        guard literal.hasEscapes else { return String(decoding: plain, as: UTF8.self) }
        return String(decoding: JSONEscapes.resolved(plain), as: UTF8.self)
    }

    private mutating func escape() throws(Broken) {
        guard let byte = current else { throw broken("it ends too early") }
        index += 1
        guard byte == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { throw broken("an escape is unknown") }
            return
        }
        let unit = try fourHexDigits()
        guard (0xD800...0xDFFF).contains(unit) else { return }
        guard unit < 0xDC00, current == UInt8(ascii: "\\") else { throw broken("half of a surrogate pair is missing") }
        index += 1
        try take(UInt8(ascii: "u"), or: "half of a surrogate pair is missing")
        guard (0xDC00...0xDFFF).contains(try fourHexDigits()) else {
            throw broken("half of a surrogate pair is missing")
        }
    }

    private mutating func fourHexDigits() throws(Broken) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap({ Character(UnicodeScalar($0)).hexDigitValue }) else {
                throw broken("a hexadecimal digit is missing")
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }

    mutating func literal(_ text: StaticString) throws(Broken) {
        for offset in 0..<text.utf8CodeUnitCount {
            try take(text.utf8Start[offset], or: "a value is unknown")
        }
    }

    mutating func number() throws(Broken) {
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(Broken) {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else {
            throw broken(current == nil ? "it ends too early" : "a value is missing or unknown")
        }
    }
}
