import Core

/// What the driver itself keeps in the store, so that several processes agree.
///
/// - `log_offsets`: numbers for events and changes alike, taken under `logLock`.
/// - `change_log`: what every commit changed, for the memory of the other processes.
/// - `process_leases`: who is there, under which node number, and how much of the log it has applied.
enum CoherenceSchema {
    /// Keys of advisory locks: "starling" in ASCII, and a number each.
    static let logLock: Int64 = 0x7374_6172_6C69_6E01
    static let schemaLock: Int64 = 0x7374_6172_6C69_6E02
    static let nodeLock: Int64 = 0x7374_6172_6C69_6E03

    /// The channel that wakes followers; it carries no data.
    static let channel = "starling_log"

    static let statements = [
        "SELECT pg_advisory_xact_lock(\(schemaLock))",
        "CREATE SEQUENCE IF NOT EXISTS log_offsets",
        """
        CREATE TABLE IF NOT EXISTS change_log (
            change_offset BIGINT PRIMARY KEY DEFAULT nextval('log_offsets'), changes BYTEA NOT NULL,
            restricts BOOLEAN NOT NULL, written_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())
        """,
        """
        CREATE TABLE IF NOT EXISTS change_log_retention (
            id SMALLINT PRIMARY KEY CHECK (id = 1), pruned_through BIGINT NOT NULL)
        """,
        "INSERT INTO change_log_retention (id, pruned_through) VALUES (1, 0) ON CONFLICT (id) DO NOTHING",
        """
        CREATE TABLE IF NOT EXISTS process_leases (
            node SMALLINT PRIMARY KEY, holder TEXT NOT NULL, position BIGINT NOT NULL,
            lease_until TIMESTAMPTZ NOT NULL, roles TEXT NOT NULL, started_at TIMESTAMPTZ NOT NULL)
        """,
        """
        CREATE OR REPLACE FUNCTION starling_expect(actual BIGINT, wanted BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql AS
        $body$
        BEGIN
            IF actual <> wanted THEN
                RAISE EXCEPTION 'expected % rows, found %', wanted, actual
                    USING ERRCODE = '\(PostgreSQLFailure.expectationState)';
            END IF;
            RETURN true;
        END
        $body$
        """,
    ]

    /// Makes what is missing, in one transaction that another process at the same point waits for.
    static func install(on connection: PostgreSQLConnection, by deadline: ContinuousClock.Instant) throws {
        for statement in statements { try connection.sendOnce(statement) }
        try connection.sync()
        _ = try connection.receive(by: deadline).get()
    }
}
