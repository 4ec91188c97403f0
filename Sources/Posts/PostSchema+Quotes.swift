import SQL

/// What came with quotes.
extension PostSchema {
    /// A quote lies with its author; that it is there lies with the post it quotes. `quotes` has the published ones.
    static let quotes = Migration("0023-quotes") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            "ALTER TABLE posts ADD COLUMN quote_of BIGINT",
            "ALTER TABLE posts ADD COLUMN quote_author BIGINT",
            "ALTER TABLE posts ADD COLUMN quote_position BIGINT",
            "ALTER TABLE post_counters ADD COLUMN quotes BIGINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE quotes (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, position BIGINT NOT NULL,
                PRIMARY KEY (bucket, post_id, position)) \(table)
            """,
        ] + dialect.partitions(of: "quotes")
    }
}
