/// A whole JSON text, for the few bodies that hold lists and objects.
enum JSONTree: Equatable {
    case null
    case flag(Bool)
    /// Nil for one that is no 64-bit integer.
    case number(Int64?)
    case string(String)
    case list([JSONTree])
    case object([String: JSONTree])

    /// - Parameter bytes: what `StrictJSON` found to be JSON, and within its depth.
    init(checked bytes: [UInt8]) {
        var reader = Reader(bytes: bytes[...])
        self = reader.value()
    }

    subscript(_ name: String) -> JSONTree? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func value() -> JSONTree {
            skipSpace()
            switch bytes.first {
            case UInt8(ascii: "{"): return .object(members())
            case UInt8(ascii: "["): return .list(elements())
            case UInt8(ascii: "\""): return .string(string())
            default: break
            }
            let word = bytes.prefix { !Self.ends.contains($0) }
            bytes = bytes.dropFirst(max(1, word.count))
            return switch word.first {
            case UInt8(ascii: "t"): .flag(true)
            case UInt8(ascii: "f"): .flag(false)
            case UInt8(ascii: "n"), nil: .null
            default: .number(Int64(String(decoding: word, as: UTF8.self)))
            }
        }

        private static let ends = Array(" \t\n\r,]}".utf8)

        private mutating func skipSpace() {
            bytes = bytes.drop { $0 <= 0x20 }
        }

        /// Passes one of these, if it is next.
        private mutating func pass(_ byte: UInt8) -> Bool {
            skipSpace()
            guard bytes.first == byte else { return false }
            bytes = bytes.dropFirst()
            return true
        }

        private mutating func elements() -> [JSONTree] {
            bytes = bytes.dropFirst()
            var found: [JSONTree] = []
            while !bytes.isEmpty, !pass(UInt8(ascii: "]")) {
                found.append(value())
                _ = pass(UInt8(ascii: ","))
            }
            return found
        }

        private mutating func members() -> [String: JSONTree] {
            bytes = bytes.dropFirst()
            var found: [String: JSONTree] = [:]
            while !bytes.isEmpty, !pass(UInt8(ascii: "}")) {
                let name = string()
                _ = pass(UInt8(ascii: ":"))
                found[name] = value()
                _ = pass(UInt8(ascii: ","))
            }
            return found
        }

        private mutating func string() -> String {
            bytes = bytes.dropFirst()
            var end = bytes.startIndex
            while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            let literal = bytes[..<min(end, bytes.endIndex)]
            bytes = bytes[literal.endIndex...].dropFirst()
            return String(decoding: JSONEscapes.resolved(literal), as: UTF8.self)
        }
    }
}
