import SQL

/// A table as a move sees it: its columns and its key.
struct TableShape: Hashable, Sendable {
    /// What the values of a column are, the null aside.
    enum Kind: Hashable, Sendable {
        case integer
        case text
        case blob

        /// - Parameter declared: a type of SQL, such as `BIGINT`.
        init?(declared: String) {
            switch declared.uppercased() {
            case "BIGINT", "INTEGER", "SMALLINT", "INT": self = .integer
            case "TEXT", "CHARACTER VARYING": self = .text
            case "BLOB", "BYTEA": self = .blob
            default: return nil
            }
        }
    }

    struct Column: Hashable, Sendable {
        let name: String
        let kind: Kind
    }

    let name: String
    /// What is copied and compared.
    let columns: [Column]
    /// The order rows are read in: unique, not null, and indexed.
    let key: [Column]

    /// The same columns, read in another order.
    func keyed(by key: [Column]) -> TableShape {
        TableShape(name: name, columns: columns, key: key)
    }

    var columnList: String { columns.map(\.name.quoted).joined(separator: ", ") }
}

extension String {
    /// As an identifier of SQL.
    var quoted: String { "\"\(self)\"" }
}
