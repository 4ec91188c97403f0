/// The row that says until when ids of a node number may be issued, in milliseconds since 1970.
struct NodeLease: Sendable {
    let node: Int
    /// Whose the row has to be; nil where nobody else can have the number.
    let holder: String?

    /// Makes the row this holder's.
    /// - Returns: the end of the last lease; 0 for a number that was never used.
    func takeUp(in database: any Database) async throws -> Int64 {
        let node = SQLValue.integer(Int64(node))
        guard let holder else {
            return try await database.read { store in
                try store.integer("SELECT leased_until FROM node_leases WHERE node = $1", [node])
            }
        }
        let results = try await database.commit(
            [
                Statement(
                    """
                    INSERT INTO node_leases (node, leased_until, holder) VALUES ($1, 0, $2)
                    ON CONFLICT (node) DO UPDATE SET holder = excluded.holder RETURNING leased_until
                    """, [node, .text(holder)])
            ], announcing: [])
        return results.first?.rows.first?.first?.int64 ?? 0
    }

    /// Two renewals may commit in either order, so only `lowering` may bring the stored end down.
    /// - Throws: `SQLError.unavailable` where another process has the number now.
    func store(_ until: Int64, lowering: Bool, in database: any Database) async throws {
        let (node, until) = (SQLValue.integer(Int64(node)), SQLValue.integer(until))
        guard let holder else {
            _ = try await database.commit(
                [
                    Statement(
                        """
                        INSERT INTO node_leases (node, leased_until) VALUES ($1, $2)
                        ON CONFLICT (node) DO UPDATE SET leased_until = excluded.leased_until
                        WHERE excluded.leased_until > node_leases.leased_until OR $3 = 1
                        """, [node, until, .flag(lowering)])
                ], announcing: [])
            return
        }
        _ = try await database.commit(
            [
                Statement(
                    """
                    UPDATE node_leases
                    SET leased_until = CASE WHEN leased_until < $2 OR $3 = 1 THEN $2 ELSE leased_until END
                    WHERE node = $1 AND holder = $4
                    """, [node, until, .flag(lowering), .text(holder)],
                    expecting: .rows(
                        1, otherwise: SQLError(.unavailable, "another process issues ids under this node number")))
            ], announcing: [])
    }
}
