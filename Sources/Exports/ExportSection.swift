import Accounts
import Core
import Foundation
import SQL

/// One kind of what an account has: how it goes into an archive, page by page, and how it comes back.
///
/// Its items are JSON with the members' names in snake case; ids are strings. They hold nothing of others but what anybody
/// may know of them: ids and usernames.
package protocol ExportSection: Sendable {
    associatedtype Item: Codable & Sendable

    /// The folder in the archive; never changes.
    var name: String { get }
    /// The tables whose rows these are.
    var tables: [String] { get }
    /// How many items are read at once.
    var pageSize: Int { get }

    /// Up to `limit` items whose keys are above `key`, in their order.
    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)]

    /// Brings an item of an archive back.
    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration
}

/// What became of an item of an archive.
package enum Restoration: Sendable {
    /// It is here as it was there.
    case restored
    /// What it refers to is not here, or not the account's to say: it is kept for the next export.
    case kept
    /// It tells of the server it was on.
    case passedOver
}

extension ExportSection {
    package var pageSize: Int { 500 }

    package func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration { .kept }

    /// The same items as JSON.
    func encoded(
        of account: ID<Account>, after key: Int64, _ store: any SQLReader
    ) throws -> [(key: Int64, json: Data)] {
        try items(of: account, after: key, limit: pageSize, store).map { ($0.key, try ExportCoding.encode($0.item)) }
    }

    /// - Returns: what became of it, and its canonical form.
    /// - Throws: `ArchiveError` where it is no item of this section.
    func restore(_ json: Data, in restoring: inout Restoring) throws -> (Restoration, canonical: Data) {
        let item: Item
        do { item = try ExportCoding.decode(Item.self, json) } catch is DecodingError {
            throw ArchiveError("an item of \(name) is not as it must be")
        }
        return (try restore(item, in: &restoring), try ExportCoding.encode(item))
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
}

/// Why an archive is not taken; a sentence's end for a person.
package struct ArchiveError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
