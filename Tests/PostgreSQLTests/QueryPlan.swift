import SQL

/// What the server said of how it ran a statement.
struct QueryPlan {
    let text: String
    /// Tables and partitions that were looked into, and how.
    private let scans: [(way: Substring, table: Substring)]

    init(_ text: String) {
        self.text = text
        scans = text.split(separator: "\n").compactMap { line in
            guard let match = line.firstMatch(of: /(Seq|Index|Index Only|Bitmap Heap) Scan.* on (\w+)/),
                !line.contains("(never executed)")
            else { return nil }
            return (match.1, match.2)
        }
    }

    /// Those partitions of `table` that were looked into.
    func partitionsRead(of table: String) -> Set<String> {
        Set(scans.map { String($0.table) }.filter { $0.wholeMatch(of: /(.+)_\d+/)?.1 == table[...] })
    }

    /// Of these tables, those that the plan would read whole, or a partition of them; also where it was not run.
    func scannedWhole(of tables: Set<String>) -> Set<String> {
        let scanned = text.matches(of: /Seq Scan on (\w+?)(?:_\d+)?\s/).map { String($0.1) }
        return tables.intersection(scanned)
    }

    /// A script for `psql` that runs a statement, undoes it and prints its plan.
    /// - Parameter mode: `force_generic_plan`, as for a statement that runs often, or `force_custom_plan`.
    static func script(for statement: Statement, mode: String, settings: [String]) -> String {
        let types = statement.arguments.map(\.typeName).joined(separator: ", ")
        let values = statement.arguments.map(\.literal).joined(separator: ", ")
        let sets = (["plan_cache_mode = \(mode)", "client_min_messages = error"] + settings).map { "SET LOCAL \($0);" }
        let (typeList, valueList) = types.isEmpty ? ("", "") : ("(\(types))", "(\(values))")
        return """
            BEGIN; \(sets.joined(separator: " "))
            PREPARE hot\(typeList) AS \(Dialect.postgreSQL.translate(statement.sql));
            EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE hot\(valueList);
            ROLLBACK
            """
    }
}

extension SQLValue {
    fileprivate var typeName: String {
        switch self {
        case .null: "unknown"
        case .integer: "bigint"
        case .real: "float8"
        case .text: "text"
        case .blob: "bytea"
        case .list: "bigint[]"
        }
    }

    fileprivate var literal: String {
        switch self {
        case .null: "NULL"
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .text(let text): "'\(text.replacing("'", with: "''"))'"
        case .blob(let bytes): "'\\x\(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())'"
        case .list(let values): "'{\(values.map(String.init).joined(separator: ","))}'"
        }
    }
}
