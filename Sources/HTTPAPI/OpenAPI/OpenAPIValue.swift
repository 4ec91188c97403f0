import Core

/// JSON as the OpenAPI document is written in: objects keep their order.
indirect enum OpenAPIValue: Sendable {
    case object([(key: String, value: OpenAPIValue)])
    case array([OpenAPIValue])
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case null

    func write(to json: inout JSONWriter) {
        switch self {
        case .object(let members):
            write("{", members, "}", to: &json) { member, json in
                json.string(member.key)
                json.raw(":")
                member.value.write(to: &json)
            }
        case .array(let elements): write("[", elements, "]", to: &json) { $0.write(to: &$1) }
        case .string(let text): json.string(text)
        case .integer(let number): json.integer(Int64(number))
        case .boolean(let flag): json.flag(flag)
        case .null: json.raw("null")
        }
    }

    private func write<Element>(
        _ opening: StaticString, _ elements: [Element], _ closing: StaticString, to json: inout JSONWriter,
        _ element: (Element, inout JSONWriter) -> Void
    ) {
        json.raw(opening)
        for (index, one) in elements.enumerated() {
            if index > 0 { json.raw(",") }
            element(one, &json)
        }
        json.raw(closing)
    }

    /// The object with further members at its end; of any other value, itself.
    func adding(_ more: [(key: String, value: OpenAPIValue)]) -> OpenAPIValue {
        guard case .object(let members) = self else { return self }
        return .object(members + more)
    }
}

extension OpenAPIValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    init(dictionaryLiteral elements: (String, OpenAPIValue)...) { self = .object(elements.map { ($0, $1) }) }
    init(arrayLiteral elements: OpenAPIValue...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(nilLiteral: ()) { self = .null }
}
