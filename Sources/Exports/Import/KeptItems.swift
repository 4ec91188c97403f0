import Accounts
import Core
import Foundation
import SQL

/// An item of an archive that could not be brought back, as it was.
struct KeptItem: Sendable {
    let section: String
    let key: Int64
    /// The account that it tells of and nothing else.
    let other: Int64?
    let json: Data
}

enum KeptItems {
    static func page(
        of section: String, _ account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, json: Data)] {
        try store.query(
            """
            SELECT item_id, body FROM archive_items WHERE account_id = $1 AND section = $2 AND item_id > $3
            ORDER BY item_id LIMIT $4
            """,
            [.integer(account.rawValue), .text(section), .integer(key), .integer(Int64(limit))]
        ) { ($0.int64(0), Data($0.text(1).utf8)) }
    }

    /// How many there are, by section.
    package static func counts(of account: ID<Account>, _ store: any SQLReader) throws -> [String: Int] {
        let counts = try store.query(
            "SELECT section, count(*) FROM archive_items WHERE account_id = $1 GROUP BY section",
            [.integer(account.rawValue)]
        ) { ($0.text(0), Int(clamping: $0.int64(1))) }
        return Dictionary(counts) { $1 }
    }

    /// Whether an account's archive says this of another, and it is not here yet.
    static func tell(
        _ section: String, of account: ExportedID, about other: ID<Account>, _ store: any SQLReader
    ) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM archive_items WHERE account_id = $1 AND section = $2 AND other_id = $3",
            [account.sql, .text(section), .integer(other.rawValue)]) > 0
    }

    static func add(_ item: KeptItem, of account: ID<Account>, _ store: any SQLWriter) throws {
        try store.execute(
            "INSERT INTO archive_items (account_id, section, item_id, body, other_id) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(account.rawValue), .text(item.section), .integer(item.key),
                .text(String(decoding: item.json, as: UTF8.self)), .integer(item.other),
            ])
    }

    static func remove(_ key: Int64, of section: String, _ account: ID<Account>, _ store: any SQLWriter) throws {
        try store.execute(
            "DELETE FROM archive_items WHERE account_id = $1 AND section = $2 AND item_id = $3",
            [.integer(account.rawValue), .text(section), .integer(key)])
    }
}
