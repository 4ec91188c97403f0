import Core
import Foundation
import SQL

/// The community that is moved: a store of SQLite that nobody else works on, and that is only read.
struct MoveSource: Sendable {
    /// Where it is, for people.
    let path: String
    let database: any Database
    /// In the order in which they are copied.
    let tables: [TableShape]
    private let lock: DataDirectoryLock

    /// Takes the folder and opens the store in it.
    /// - Parameter address: `sqlite:` and a data directory, or a file in one.
    /// - Throws: `MoveError` where a server or a command uses it, or it is of another version.
    static func open(_ address: String) async throws -> MoveSource {
        let (directory, file) = try place(address)
        let lock = try takeLock(of: directory)
        let database = try SQLiteDatabase(path: file)
        do {
            let tables = try await shapes(in: database)
            return MoveSource(path: file, database: database, tables: tables, lock: lock)
        } catch {
            try await database.close()
            throw error
        }
    }

    func close() async throws {
        try await database.close()
        withExtendedLifetime(lock) {}
    }

    private static func place(_ address: String) throws -> (directory: DataDirectory, file: String) {
        let scheme = "sqlite:"
        let path = String(address.dropFirst(scheme.count)).replacing(/^\/\/(?=\/)/, with: "")
        guard address.hasPrefix(scheme), !path.isEmpty else {
            throw MoveError("--from must be sqlite: and a data directory, such as sqlite:starling-data.")
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            !isFolder.boolValue || DataDirectory.holdsStore(path)
        else { throw MoveError("There is no community in \(path); name its folder with --from sqlite:FOLDER.") }
        guard !isFolder.boolValue else {
            let directory = try DataDirectory(path)
            return (directory, directory.database)
        }
        let file = URL(fileURLWithPath: path).standardizedFileURL
        return (try DataDirectory(file.deletingLastPathComponent().path), file.path)
    }

    private static func takeLock(of directory: DataDirectory) throws -> DataDirectoryLock {
        do { return try directory.lock() } catch is DataDirectory.InUse {
            throw MoveError(
                "A server or another command uses \(directory.path). Stop it first: what it wrote from now on would not be "
                    + "moved.")
        }
    }
}

// The schema
extension MoveSource {
    private static func shapes(in database: any Database) async throws -> [TableShape] {
        let expected = Set(Node.migrations.map(\.name))
        return try await database.read { store in
            let names = Set(
                try store.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", []) {
                    $0.text(0)
                })
            guard names.contains("migrations"),
                try Set(store.query("SELECT name FROM migrations", []) { $0.text(0) }) == expected
            else {
                throw MoveError(
                    "The store is of another version of Starling; bring it to this one with `starling migrate` and try again."
                )
            }
            let unknown = names.subtracting(MovedTables.copied).subtracting(MovedTables.leftBehind.keys)
            guard unknown.isEmpty else {
                throw MoveError("The store has tables that no move knows: \(unknown.sorted().joined(separator: ", ")).")
            }
            return try MovedTables.copied.map { try shape(of: $0, store) }
        }
    }

    private static func shape(of table: String, _ store: any SQLReader) throws -> TableShape {
        let columns = try store.query("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", [.text(table)]) {
            row in
            guard let kind = TableShape.Kind(declared: row.text(1)) else {
                throw MoveError("The column \(row.text(0)) of \(table) is \(row.text(1)), which no move knows.")
            }
            return (column: TableShape.Column(name: row.text(0), kind: kind), keyPlace: row.int64(2))
        }
        let key = columns.filter { $0.keyPlace > 0 }.sorted { $0.keyPlace < $1.keyPlace }
        return TableShape(name: table, columns: columns.map(\.column), key: key.map(\.column))
    }
}
