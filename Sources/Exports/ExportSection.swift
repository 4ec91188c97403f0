import Accounts
import Core
import Foundation
import SQL

/// One kind of what an account has: how it goes into an archive, page by page, and how it comes back.
///
/// Its items are JSON with the members' names in snake case, as the API has them; `docs/archives.md` lists them. They hold
/// nothing of others but what anybody may know of them: ids and usernames.
package protocol ExportSection: Sendable {
    associatedtype Item: Codable & Sendable

    /// The folder in the archive; never changes.
    var name: String { get }
    /// The tables whose rows these are.
    var tables: [String] { get }
    /// How many items are read at once.
    var pageSize: Int { get }

    /// Up to `limit` items whose keys are above `key`, in their order. Keys are above 0.
    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)]

    /// The same key, from an item of an archive; nil where items have none of their own, and are never kept.
    func key(of item: Item) -> Int64?

    /// The other account that an item tells of and nothing else, so that it goes when that account is erased.
    func other(in item: Item) -> Int64?

    /// Brings an item of an archive back.
    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration
}

/// An item whose id tells when it came about.
protocol DatedItem {
    var datedBy: ExportedID { get }
    var createdAt: ExportedTime { get }
}

/// What became of an item of an archive.
package enum Restoration: Sendable {
    /// It is here as it was there.
    case restored
    /// What it refers to is not here, or not the account's to say: it is kept for the next export.
    case kept
    /// It tells of the server it was on, or somebody here says it better.
    case passedOver
}

extension ExportSection {
    package var pageSize: Int { 500 }

    package func other(in item: Item) -> Int64? { nil }

    package func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration { .kept }

    /// The same items as JSON.
    func encoded(
        of account: ID<Account>, after key: Int64, _ store: any SQLReader
    ) throws -> [(key: Int64, json: Data)] {
        try items(of: account, after: key, limit: pageSize, store).map { ($0.key, try ExportCoding.encode($0.item)) }
    }

    /// - Returns: what became of it, and how it is kept where it is.
    /// - Throws: `ArchiveError` where it is no item of this section, and whatever says that it cannot be here.
    func restore(_ json: Data, in restoring: inout Restoring) throws -> (result: Restoration, kept: KeptItem?) {
        let item = try ExportCoding.item(of: self, json)
        if let dated = item as? any DatedItem { try restoring.requirePast(dated.datedBy.value) }
        let result = try restore(item, in: &restoring)
        guard result == .kept, let key = key(of: item) else { return (result, nil) }
        return (result, KeptItem(section: name, key: key, other: other(in: item), json: json))
    }
}

enum ExportCoding {
    /// With sorted keys: the same item is the same bytes.
    static func encode(_ item: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(item)
    }

    static func decode<Item: Decodable>(_ type: Item.Type, _ json: Data) throws -> Item {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: json)
    }

    /// - Throws: `ArchiveError` that says which member is wrong.
    static func item<Section: ExportSection>(of section: Section, _ json: Data) throws -> Section.Item {
        let item: Section.Item
        do { item = try decode(Section.Item.self, json) } catch let error as DecodingError {
            throw ArchiveError(error.sentence)
        }
        if let dated = item as? any DatedItem,
            dated.createdAt != ExportedTime(Snowflake(rawValue: dated.datedBy.value).unixMilliseconds)
        {
            throw ArchiveError("created_at is not the time that its id tells")
        }
        return item
    }
}

extension DecodingError {
    /// For a person who looks at the line.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, _): return "\(Self.snake(key.stringValue)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            guard let key = context.codingPath.last(where: { $0.intValue == nil }) else {
                return "it is not as an item must be"
            }
            return "\(Self.snake(key.stringValue)) is not as it must be"
        @unknown default: return "it is not as an item must be"
        }
    }

    private static func snake(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}

/// Why an archive is not taken; a sentence's end for a person.
package struct ArchiveError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// - Parameter place: the file and the line.
    init(_ description: String, at place: String) {
        self.description = "\(place): \(description)"
    }
}
