import Synchronization

/// Portable statements and what SQLite is given for them. The statements are the program's own, so their number is small.
enum SQLiteTranslations {
    private static let known = Mutex<[String: String]>([:])

    static func translated(_ sql: String) -> String {
        known.withLock { known in
            if let text = known[sql] { return text }
            let text = Dialect.sqlite.translate(sql)
            known[sql] = text
            return text
        }
    }
}
