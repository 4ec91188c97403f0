/// One append-only step of a feature's schema.
package struct Migration: Sendable {
    /// Unique and ordered by text, such as `0003-posts`.
    package let name: String
    package let statements: @Sendable (Dialect) -> [String]

    package init(_ name: String, _ statements: @escaping @Sendable (Dialect) -> [String]) {
        self.name = name
        self.statements = statements
    }
}

/// Brings a store to the newest schema. Applied steps are remembered by name and never run again.
package struct Migrator: Sendable {
    private let migrations: [Migration]

    package init(_ migrations: [Migration]) {
        self.migrations = migrations.sorted { $0.name < $1.name }
        precondition(Set(migrations.map(\.name)).count == migrations.count, "two migrations share a name")
    }

    /// - Returns: the names of the steps applied now.
    /// - Throws: `SQLError` `.other` where the store knows steps that this binary does not (it is older than the store).
    @discardableResult
    package func migrate(_ database: any Database) async throws -> [String] {
        let migrations = migrations
        let dialect = database.dialect
        return try await database.writeExclusively { store in
            try store.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY NOT NULL, applied INTEGER NOT NULL)", [])
            let applied = Set(try store.query("SELECT name FROM migrations", []) { $0.text(0) })
            let unknown = applied.subtracting(migrations.map(\.name))
            guard unknown.isEmpty else {
                throw SQLError(
                    .other,
                    "the store was written by a newer Starling (it has \(unknown.sorted().joined(separator: ", "))); "
                        + "run that version, or a newer one")
            }
            let pending = migrations.filter { !applied.contains($0.name) }
            for migration in pending {
                for statement in migration.statements(dialect) { try store.execute(statement, []) }
                try store.execute("INSERT INTO migrations (name, applied) VALUES ($1, 1)", [.text(migration.name)])
            }
            return pending.map(\.name)
        }
    }
}
