import Accounts
import Core
import Foundation
import SQL

/// Items of an archive that could not be brought back, as they were.
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

    static func add(
        _ body: Data, _ number: Int64, of section: String, _ account: ID<Account>, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "INSERT INTO archive_items (account_id, section, item_id, body) VALUES ($1, $2, $3, $4)",
            [
                .integer(account.rawValue), .text(section), .integer(number),
                .text(String(decoding: body, as: UTF8.self)),
            ])
    }
}
