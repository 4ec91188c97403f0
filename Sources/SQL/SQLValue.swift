/// A parameter of a statement or a value of a row.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// A list of integers for `list($n)`, a table of one column `value`.
    case list([Int64])
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(nilLiteral: ()) { self = .null }
}

extension SQLValue {
    package static func integer(_ value: Int64?) -> SQLValue {
        guard let value else { return .null }
        return .integer(value)
    }

    package static func text(_ value: String?) -> SQLValue {
        guard let value else { return .null }
        return .text(value)
    }

    package static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

    /// The integer this value holds, if it holds one.
    package var int64: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }
}
