extension Dialect {
    /// An expression of the engine's own clock, in milliseconds since 1970, as it is when the row is looked at: one clock for
    /// all processes.
    package var nowMilliseconds: String {
        switch self {
        case .sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        case .postgreSQL: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
        }
    }
}
