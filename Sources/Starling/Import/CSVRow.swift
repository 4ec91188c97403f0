/// Splits rows of CSV by RFC 4180.
enum CSVRow {
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    /// - Parameter row: without its end.
    static func fields(_ row: ArraySlice<UInt8>) throws(SkipReason) -> [String] {
        var fields: [String] = []
        var rest = row
        while true {
            let field = rest.first == quote ? try quoted(&rest) : plain(&rest)
            guard let text = String(validating: field, as: UTF8.self) else { throw .encoding }
            fields.append(text)
            guard let separator = rest.popFirst() else { return fields }
            guard separator == comma else { throw .csv }
        }
    }

    private static func plain(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let field = rest.prefix { $0 != comma }
        rest = rest[field.endIndex...]
        return field
    }

    /// Two quotes inside stand for one.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) throws(SkipReason) -> ArraySlice<UInt8> {
        var field: ArraySlice<UInt8> = []
        rest.removeFirst()
        while true {
            let part = rest.prefix { $0 != quote }
            field += part
            rest = rest[part.endIndex...]
            guard rest.popFirst() != nil else { throw .csv }
            guard rest.first == quote else { return field }
            field.append(quote)
            rest.removeFirst()
        }
    }
}
