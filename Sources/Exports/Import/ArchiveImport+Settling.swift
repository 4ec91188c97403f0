import Accounts
import Core
import Foundation
import SQL

/// Which kept items are tried again.
package enum KeptScope: Sendable {
    /// All of an account's.
    case of(ID<Account>)
    /// Those of other accounts that tell of this one and nothing else.
    case tellingOf(ID<Account>)
}

extension ArchiveImport {
    private struct Row: Sendable {
        let account: ID<Account>
        let section: String
        let key: Int64
        let json: Data
    }

    /// Tries again to bring back what was kept, since more is here by now.
    /// - Returns: how many items came back.
    package func settle(_ scope: KeptScope) async throws -> Int {
        var settled = 0
        for section in ExportSections.all {
            var last: Row?
            while true {
                let page = try await database.read { [last] in try Self.page(scope, section.name, after: last, $0) }
                guard let end = page.last else { break }
                last = end
                settled += try await settle(page, of: section)
            }
        }
        return settled
    }

    /// What cannot be here stays kept, and does not keep the others from coming back.
    private func settle(_ rows: [Row], of section: any ExportSection) async throws -> Int {
        do { return try await settleTogether(rows, of: section) } catch  where Self.isOfItem(error) {}
        var settled = 0
        for row in rows {
            do { settled += try await settleTogether([row], of: section) } catch  where Self.isOfItem(error) {}
        }
        return settled
    }

    private static func isOfItem(_ error: any Error) -> Bool {
        error is ArchiveError || (error as? SQLError)?.code == .uniqueViolation
    }

    private func settleTogether(_ rows: [Row], of section: any ExportSection) async throws -> Int {
        let now = clock.now()
        return try await database.writeMuch { store in
            var settled = 0
            for row in rows {
                var restoring = Restoring(row.account, now: now, store)
                let (result, _) = try section.restore(row.json, in: &restoring)
                guard result != .kept else { continue }
                try KeptItems.remove(row.key, of: row.section, row.account, store)
                try restoring.close()
                settled += result == .restored ? 1 : 0
            }
            return settled
        }
    }

    private static func page(
        _ scope: KeptScope, _ section: String, after last: Row?, _ store: any SQLReader
    ) throws -> [Row] {
        let (column, account) =
            switch scope {
            case .of(let account): ("account_id", account)
            case .tellingOf(let account): ("other_id", account)
            }
        return try store.query(
            """
            SELECT account_id, item_id, body FROM archive_items
            WHERE \(column) = $1 AND section = $2 AND (account_id, item_id) > ($3, $4)
            ORDER BY account_id, item_id LIMIT $5
            """,
            [
                .integer(account.rawValue), .text(section), .integer(last?.account.rawValue ?? 0),
                .integer(last?.key ?? 0), .integer(Int64(Limits.keptItemsAtOnce)),
            ]
        ) { Row(account: $0.id(0), section: section, key: $0.int64(1), json: Data($0.text(2).utf8)) }
    }
}

extension Limits {
    /// Kept items that one transaction tries again.
    static let keptItemsAtOnce = 200
}
