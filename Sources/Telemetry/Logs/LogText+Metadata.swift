import Logging

extension LogText {
    /// Lists and dictionaries become JSON inside quotes.
    mutating func appendLogfmt(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): appendLogfmt(text)
        case .stringConvertible(let convertible): appendLogfmt(convertible.description)
        case .array, .dictionary:
            var nested = LogText()
            nested.appendJSON(value)
            appendQuoted(String(decoding: nested.bytes, as: UTF8.self))
        }
    }

    /// Numbers and Booleans keep their type; elements past the line's bound are left out.
    mutating func appendJSON(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): appendQuoted(text)
        case .stringConvertible(let convertible): appendJSON(convertible)
        case .array(let elements):
            append("[")
            for (index, element) in elements.enumerated() where !isFull {
                if index > 0 { append(",") }
                appendJSON(element)
            }
            append("]")
        case .dictionary(let members):
            append("{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() where !isFull {
                if index > 0 { append(",") }
                appendQuoted(member.key)
                append(":")
                appendJSON(member.value)
            }
            append("}")
        }
    }

    private mutating func appendJSON(_ convertible: any CustomStringConvertible & Sendable) {
        switch convertible {
        case let number as Int: appendNumber(number.description)
        case let number as Int64: appendNumber(number.description)
        case let number as Double where number.isFinite: appendNumber(number.description)
        case let flag as Bool: append(flag ? "true" : "false")
        default: appendQuoted(convertible.description)
        }
    }
}
