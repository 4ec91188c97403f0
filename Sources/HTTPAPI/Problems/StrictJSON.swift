/// Reads bytes as one JSON text of RFC 8259, to the letter and within a depth.
///
/// Of the outermost object it keeps what the fields of a body are made of; the rest is checked and passed over.
struct StrictJSON {
    /// Where and why a text stopped being JSON.
    struct Broken: Error {
        let reason: String
        let line: Int
        let column: Int
    }

    enum Value: Equatable {
        case null
        case flag(Bool)
        case string(String)
        /// An array of nothing else.
        case strings([String])
        /// A number, another array or an object.
        case other
    }

    let bytes: [UInt8]
    private let depthMax: Int
    var index = 0
    private var members: [String: Value]?

    /// - Returns: the members of the object, or nil where the text is no object.
    /// - Throws: `Broken`.
    static func members(of bytes: [UInt8], depthMax: Int) throws(Broken) -> [String: Value]? {
        var scan = StrictJSON(bytes: bytes, depthMax: depthMax)
        scan.skipSpace()
        _ = try scan.value(depth: 1)
        scan.skipSpace()
        guard scan.index == bytes.count else { throw scan.broken("there is more after the end") }
        return scan.members
    }

    private init(bytes: [UInt8], depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    func broken(_ reason: String) -> Broken {
        let before = bytes[..<min(index, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return Broken(
            reason: reason, line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: before.count - lineStart + 1)
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    mutating func take(_ byte: UInt8, or reason: String) throws(Broken) {
        guard current == byte else { throw broken(current == nil ? "it ends too early" : reason) }
        index += 1
    }

    private mutating func value(depth: Int) throws(Broken) -> Value {
        guard depth <= depthMax else { throw broken("it nests deeper than \(depthMax) levels") }
        switch current {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["):
            let strings = try array(depth: depth)
            return depth == 2 ? strings.map { .strings($0) } ?? .other : .other
        case UInt8(ascii: "\""):
            let literal = try string()
            return depth == 2 || depth == 3 ? .string(text(of: literal)) : .other
        case UInt8(ascii: "t"):
            try literal("true")
            return .flag(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .flag(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case nil: throw broken("it ends too early")
        default: try number()
        }
        return .other
    }

    private mutating func object(depth: Int) throws(Broken) {
        index += 1
        skipSpace()
        var found: [String: Value] = [:]
        if current == UInt8(ascii: "}") { index += 1 } else { try self.members(into: &found, depth: depth) }
        if depth == 1 { members = found }
    }

    private mutating func members(into found: inout [String: Value], depth: Int) throws(Broken) {
        while true {
            // Names are the same when they are once their escapes are read.
            let name = text(of: try string())
            guard found[name] == nil else { throw broken("a name is given twice") }
            skipSpace()
            try take(UInt8(ascii: ":"), or: "a colon is missing")
            skipSpace()
            found[name] = try value(depth: depth + 1)
            skipSpace()
            guard current == UInt8(ascii: ",") else { break }
            index += 1
            skipSpace()
            guard current != UInt8(ascii: "}") else { throw broken("a comma stands before the end of an object") }
        }
        try take(UInt8(ascii: "}"), or: "a comma or a closing brace is missing")
    }

    /// - Returns: the strings, where there is nothing else in it and they are kept.
    private mutating func array(depth: Int) throws(Broken) -> [String]? {
        index += 1
        skipSpace()
        var strings: [String]? = []
        guard current != UInt8(ascii: "]") else {
            index += 1
            return strings
        }
        while true {
            if case .string(let text) = try value(depth: depth + 1) { strings?.append(text) } else { strings = nil }
            skipSpace()
            guard current == UInt8(ascii: ",") else { break }
            index += 1
            skipSpace()
        }
        try take(UInt8(ascii: "]"), or: "a comma or a closing bracket is missing")
        return strings
    }
}
