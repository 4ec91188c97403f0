import Foundation
import HTTPClient

/// JSON that tests look into; what is not there is nil or empty.
struct JSON {
    let value: Any?

    init(_ bytes: [UInt8]) {
        value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    private init(value: Any?) { self.value = value }

    subscript(_ key: String) -> JSON { JSON(value: (value as? [String: Any])?[key]) }

    var string: String? { value as? String }
    var int: Int? { (value as? NSNumber)?.intValue }
    var bool: Bool { (value as? NSNumber)?.boolValue ?? false }
    var array: [JSON] { (value as? [Any])?.map { JSON(value: $0) } ?? [] }
}

extension HTTPClientResponse {
    var json: JSON { JSON(body) }
}
