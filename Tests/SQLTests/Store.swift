import Core
import SQL
import Synchronization
import TestSupport

/// A database of its own in a temporary folder, with one table to write to.
struct Store {
    let folder: TemporaryFolder
    let database: SQLiteDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.file("test.db"))
        try await database.write { store in
            _ = try store.execute(
                "CREATE TABLE notes (seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, value BLOB)", [])
        }
    }

    static func insert(_ name: String) -> Statement {
        Statement("INSERT INTO notes (name) VALUES ($1)", [.text(name)])
    }

    func insert(_ name: String) async throws {
        _ = try await database.commit([Self.insert(name)], announcing: [])
    }

    func names() async throws -> [String] {
        try await database.read { try $0.query("SELECT name FROM notes ORDER BY seq", []) { $0.text(0) } }
    }
}

/// Remembers what was announced.
final class ChangeRecorder: CommitObserver {
    private let seen = Mutex<[Change]>([])

    var changes: [Change] { seen.withLock { $0 } }

    func committed(_ changes: [Change]) {
        seen.withLock { $0.append(contentsOf: changes) }
    }
}

struct Refused: Error, Hashable {}
