import SQL

extension GraphSchema {
    /// Lists and their members lie with the lists' owner. `list_id` and `membership_id` are snowflakes: the newest come first.
    /// A member is always one whom the owner follows.
    static let lists = Migration("0035-lists") { dialect in
        let clustered = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE lists (
                account_id BIGINT NOT NULL, list_id BIGINT NOT NULL, title TEXT NOT NULL,
                is_exclusive SMALLINT NOT NULL CHECK (is_exclusive BETWEEN 0 AND 1),
                replies SMALLINT NOT NULL CHECK (replies BETWEEN 0 AND 2),
                PRIMARY KEY (account_id, list_id)) \(clustered)
            """,
            """
            CREATE TABLE list_members (
                account_id BIGINT NOT NULL, list_id BIGINT NOT NULL, member_id BIGINT NOT NULL,
                membership_id BIGINT NOT NULL, PRIMARY KEY (account_id, list_id, member_id)) \(clustered)
            """,
            "CREATE INDEX list_members_by_recency ON list_members (account_id, list_id, membership_id)",
            "CREATE INDEX list_members_by_member ON list_members (account_id, member_id)",
        ] + dialect.partitions(of: "lists") + dialect.partitions(of: "list_members")
    }
}
