import SQL
import Testing
import TestSupport

@Suite struct MigratorTests {
    static let first = Migration("0001-first") { _ in ["CREATE TABLE log (step TEXT)", "INSERT INTO log VALUES ('1')"] }
    static let second = Migration("0002-second") { _ in ["INSERT INTO log VALUES ('2')"] }
    static let tenth = Migration("0010-tenth") { _ in ["INSERT INTO log VALUES ('10')"] }

    let store: Store
    let database: SQLiteDatabase

    init() async throws {
        store = try await Store()
        database = store.database
    }

    func steps() async throws -> [String] {
        try await database.read { try $0.query("SELECT step FROM log ORDER BY rowid", []) { $0.text(0) } }
    }

    @Test("steps run in the order of their names, each once")
    func order() async throws {
        let migrator = Migrator([Self.tenth, Self.second, Self.first])
        #expect(try await migrator.migrate(database) == ["0001-first", "0002-second", "0010-tenth"])
        #expect(try await migrator.migrate(database) == [])
        #expect(try await steps() == ["1", "2", "10"])
    }

    @Test("a newer binary adds its steps")
    func upgrade() async throws {
        try await Migrator([Self.first]).migrate(database)
        #expect(try await Migrator([Self.first, Self.second]).migrate(database) == ["0002-second"])
        #expect(try await steps() == ["1", "2"])
    }

    @Test("a store of a newer binary is left alone, and the error names the steps")
    func downgrade() async throws {
        try await Migrator([Self.first, Self.tenth]).migrate(database)
        let error = await #expect(throws: SQLError.self) {
            try await Migrator([Self.first, Self.second]).migrate(database)
        }
        #expect(error?.message.contains("0010-tenth") == true)
        #expect(try await steps() == ["1", "10"])
    }

    @Test("a step that fails leaves nothing behind")
    func failure() async throws {
        let broken = Migration("0002-broken") { _ in ["INSERT INTO log VALUES ('half')", "NONSENSE"] }
        try await Migrator([Self.first]).migrate(database)
        await #expect(throws: SQLError.self) { try await Migrator([Self.first, broken]).migrate(database) }
        #expect(try await steps() == ["1"])
        #expect(try await Migrator([Self.first, Self.second]).migrate(database) == ["0002-second"])
    }

    @Test("two migrate at once: each step runs once")
    func race() async throws {
        let (database, migrator) = (database, Migrator([Self.first, Self.second]))
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await migrator.migrate(database).count } }
            return try await group.reduce(0, +)
        }
        #expect(applied == 2)
    }
}
