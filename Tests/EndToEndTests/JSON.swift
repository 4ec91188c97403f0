import Foundation
import TestSupport

/// JSON that tests look into; what is not there is `.null`.
indirect enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(bytes: [UInt8]) {
        self =
            (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)).map(Self.init) ?? .null
    }

    private init(_ value: Any) {
        switch value {
        case let text as String: self = .text(text)
        case let list as [Any]: self = .list(list.map(Self.init))
        case let object as [String: Any]: self = .object(object.mapValues(Self.init))
        case let number as NSNumber:
            // An NSNumber does not tell true from 1 but by its type encoding.
            self = String(cString: number.objCType) == "c" ? .bool(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }

    subscript(_ key: String) -> JSON {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
    var array: [JSON] { if case .list(let list) = self { list } else { [] } }
    /// The strings of this name in a list of objects.
    func strings(_ key: String) -> [String] { array.compactMap { $0[key].string } }
}
