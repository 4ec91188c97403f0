import GRDB
import TestSupport

/// Looks into a store from outside.
enum StoredNames {
    static func read(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "SELECT name FROM notes") }
    }
}
