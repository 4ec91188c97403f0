/// Big tables are cut into partitions by the hash of who owns their rows, so that a query which names the owner reads one.
/// SQLite has one table of the same name.
extension Dialect {
    /// Enough for 16 servers with one partition each; fixed, because rows do not move.
    private static let partitionCount = 16

    /// What follows the columns of a table that is partitioned by `column`.
    package func partitioned(by column: String) -> String {
        switch self {
        case .sqlite: ""
        case .postgreSQL: "PARTITION BY HASH (\(column))"
        }
    }

    /// The statements that make the partitions of `table`.
    package func partitions(of table: String) -> [String] {
        guard self == .postgreSQL else { return [] }
        return (0..<Self.partitionCount).map { remainder in
            """
            CREATE TABLE \(table)_\(remainder) PARTITION OF \(table)
            FOR VALUES WITH (MODULUS \(Self.partitionCount), REMAINDER \(remainder))
            """
        }
    }

    /// The type of a text that is compared byte by byte, whatever the language of the server.
    package var textKey: String {
        switch self {
        case .sqlite: "TEXT"
        case .postgreSQL: "TEXT COLLATE \"C\""
        }
    }
}
