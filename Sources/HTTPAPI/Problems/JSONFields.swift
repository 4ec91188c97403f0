import Accounts
import Core

/// A body that is read from the members of a JSON object.
protocol JSONReadable {
    /// All that the object may have: a field whose name is misspelt is refused, for passed over it might let everybody see what it
    /// was to hide.
    static var fieldNames: [String] { get }

    /// - Throws: `Problem` 422 for a field that is missing or of the wrong type.
    init(_ fields: JSONFields) throws
}

/// The fields of a body. One that may be left out may be null, too.
struct JSONFields {
    private let members: [String: StrictJSON.Value]

    /// The whole body.
    private let bytes: [UInt8]

    init(_ members: [String: StrictJSON.Value], of bytes: [UInt8] = []) {
        self.members = members
        self.bytes = bytes
    }

    /// - Throws: `Problem` 422 that names a field which is none of these.
    func allowOnly(_ names: [String]) throws {
        guard let other = members.keys.filter({ !names.contains($0) }).min() else { return }
        throw APIError.unknownField(other, allowed: names)
    }

    func isAbsent(_ name: String) -> Bool { members[name] ?? .null == .null }

    /// A field that is a list or an object.
    func optionalTree(_ name: String) -> JSONTree? {
        guard let value = members[name], value != .null else { return nil }
        return JSONTree(checked: bytes)[name]
    }

    func string(_ name: String) throws -> String {
        guard let value = members[name] else { throw APIError.invalid(name, "\(name) is missing.") }
        guard case .string(let text) = value else { throw wrongType(name) }
        return text
    }

    func optionalString(_ name: String) throws -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw wrongType(name)
        }
    }

    func optionalStrings(_ name: String) throws -> [String]? {
        switch members[name] {
        case nil, .null: return nil
        case .strings(let texts): return texts
        default: throw wrongType(name)
        }
    }

    func optionalFlag(_ name: String) throws -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .flag(let value): return value
        default: throw wrongType(name)
        }
    }

    func optionalID<Entity>(_ name: String, of _: Entity.Type = Entity.self) throws -> ID<Entity>? {
        guard let text = try optionalString(name) else { return nil }
        guard let id = ID<Entity>(text) else {
            throw APIError.invalid(name, "\(name) is not an id: a decimal string.")
        }
        return id
    }

    /// A field that stays when it is absent and is cleared when it is null.
    func change(_ name: String) throws -> FieldChange<String> {
        guard members[name] != nil else { return .unchanged }
        guard let text = try optionalString(name) else { return .clear }
        return .set(text)
    }

    private func wrongType(_ name: String) -> Problem {
        APIError.invalid(name, "\(name) is of the wrong type.")
    }
}
