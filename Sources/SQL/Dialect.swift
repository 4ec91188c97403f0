/// Where the two engines differ. Statements are written in what both understand; the rest is here.
package enum Dialect: Sendable {
    case sqlite
    case postgreSQL

    /// Rewrites portable SQL for the engine: `$1` becomes `?1`, `list($1)` a table with a column `value`.
    package func translate(_ sql: String) -> String {
        switch self {
        case .sqlite: sql.replacing("list($", with: "json_each($").replacing("$", with: "?")
        case .postgreSQL:
            sql.replacing(/list\((\$\d+)\)(?: AS (\w+))?/) {
                "unnest(\($0.1)::bigint[]) AS \($0.2 ?? "list")(value)"
            }
        }
    }
}
