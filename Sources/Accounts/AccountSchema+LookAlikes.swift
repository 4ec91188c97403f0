import SQL

extension AccountSchema {
    /// Which account holds what its name looks like. Of accounts that were there before and look alike, the oldest does; as
    /// with names, it is never given to anyone else.
    static let lookAlikes = Migration("0032-username-skeletons") { dialect in
        let key = dialect.textKey
        return [
            """
            CREATE TABLE username_skeletons (
                skeleton \(key) PRIMARY KEY NOT NULL, account_id BIGINT NOT NULL UNIQUE REFERENCES users (id))
            """,
            """
            INSERT INTO username_skeletons (skeleton, account_id)
            SELECT \(skeleton(of: "username")), min(id) FROM users GROUP BY 1
            """,
        ]
    }

    /// `Username.skeleton` in SQL, which usernames allow: they are of `[a-z0-9_]` and no longer than thirty.
    static func skeleton(of column: String) -> String {
        let letters = [("0", "o"), ("1", "l"), ("i", "l"), ("m", "rn"), ("w", "vv")]
        // Each halves a run of underscores; five make one of thirty-two.
        let runs = Array(repeating: ("__", "_"), count: 5)
        return (letters + runs).reduce(column) { "replace(\($0), '\($1.0)', '\($1.1)')" }
    }
}

/// The rows that say who holds what a name looks like.
enum SkeletonRows {
    /// - Returns: a statement that breaks the primary key where the name looks like another.
    static func insert(_ username: Username, of id: Int64) -> Statement {
        Statement(
            "INSERT INTO username_skeletons (skeleton, account_id) VALUES ($1, $2)",
            [.text(username.skeleton), .integer(id)])
    }

    /// For an account from elsewhere, which keeps its name whatever that looks like: who was there before holds the look.
    static func insertIfFree(_ username: Username, of id: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO username_skeletons (skeleton, account_id) VALUES ($1, $2)
            ON CONFLICT (skeleton) DO NOTHING
            """, [.text(username.skeleton), .integer(id)])
    }

    static func isTaken(_ username: Username, _ store: any SQLReader) throws -> Bool {
        try store.first(
            "SELECT account_id FROM username_skeletons WHERE skeleton = $1", [.text(username.skeleton)],
            row: { $0.int64(0) }) != nil
    }
}
