import SQL

/// A number that tells this store from others, made once: so that communities on one Kafka leave each other's events alone.
///
/// It lies beside the leases, as one that nobody holds.
enum StoreIdentity {
    static func current(in store: any SQLWriter) throws -> Int64 {
        let candidate = Int64.random(in: 1..<(1 << 48))
        try store.execute(
            """
            INSERT INTO work_leases (name, holder, epoch, held_until) VALUES ('store-identity', 'nobody', $1, 0)
            ON CONFLICT (name) DO NOTHING
            """, [.integer(candidate)])
        return try store.integer("SELECT epoch FROM work_leases WHERE name = 'store-identity'")
    }
}
