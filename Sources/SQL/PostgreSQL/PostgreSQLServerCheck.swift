import Core

/// What the server's own settings mean for what is acknowledged.
struct PostgreSQLServerCheck {
    /// What the operator should know.
    let warnings: [String]
    /// Whether a failover to a standby that it waits for loses nothing.
    let waitsForStandby: Bool

    /// - Throws: `SQLError.other` where acknowledged commits would not survive a crash of the server's machine.
    init(on connection: PostgreSQLConnection, _ settings: PostgreSQLSettings) throws {
        let names = ["fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names"]
        let columns = names.map { "current_setting('\($0)')" }.joined(separator: ", ")
        let row = try connection.run(
            "SELECT \(columns)", by: .now.advanced(by: settings.connectTimeout)
        ).row(0)
        for (column, name) in names.prefix(2).enumerated() where row.text(column) == "off" {
            guard settings.acceptsUnsafeServer else {
                throw SQLError(.other, "PostgreSQL runs with \(name)=off, so a crash would lose what was acknowledged")
            }
        }
        guard row.text(2) != "off" || settings.acceptsUnsafeServer else {
            throw SQLError(
                .other, "PostgreSQL runs with synchronous_commit=off, so a crash would lose what was acknowledged")
        }
        var warnings: [String] = []
        if row.text(3).isEmpty {
            warnings.append(
                "PostgreSQL has no synchronous standby: a failover may lose what was acknowledged just before")
        } else if row.text(2) == "local" {
            warnings.append("synchronous_commit=local: commits do not wait for the synchronous standby")
        }
        waitsForStandby = warnings.isEmpty
        self.warnings = warnings
    }
}
