import CPostgreSQL
import Core

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension PostgreSQLConnection {
    enum Purpose {
        case reading
        case writing
        case following
        case readingReplica

        var isForPrimary: Bool { self != .readingReplica }
    }

    /// Connects and sets the session up.
    /// - Throws: `SQLError.unavailable`; it never quotes the password.
    static func open(_ settings: PostgreSQLSettings, for purpose: Purpose) throws -> PostgreSQLConnection {
        let url = purpose == .readingReplica ? settings.replicaURL ?? settings.url : settings.url
        // libpq's own message would quote the URL.
        guard isReadable(url) else { throw SQLError(.other, "the database URL cannot be read") }
        guard let handle = connect(to: url, timeout: settings.connectTimeout) else {
            throw SQLError(.unavailable, "no memory for a connection")
        }
        // libpq prints what the server remarks, such as a rollback without need, unless it is told otherwise.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        let connection = PostgreSQLConnection(handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            throw SQLError(.unavailable, "PostgreSQL cannot be reached: \(message(of: handle))")
        }
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw connection.lost() }
        try connection.prepareSession(settings, for: purpose)
        return connection
    }

    /// Whether libpq understands a URL.
    static func isReadable(_ url: String) -> Bool {
        let options = PQconninfoParse(url, nil)
        defer { PQconninfoFree(options) }
        return options != nil
    }

    private static func connect(to url: String, timeout: Duration) -> OpaquePointer? {
        let parameters = [
            ("dbname", url), ("client_encoding", "UTF8"), ("application_name", "starling"),
            ("connect_timeout", "\(max(2, timeout.components.seconds))"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "10000"),
        ]
        // Later ones go before what the URL says.
        let keys = parameters.map { strdup($0.0) }
        let values = parameters.map { strdup($0.1) }
        defer { for string in keys + values { free(string) } }
        return PQconnectdbParams(
            keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
    }

    private static func message(of handle: OpaquePointer) -> String {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let password = PQpass(handle).map { String(cString: $0) } ?? ""
        let line = message.split(separator: "\n").joined(separator: "; ")
        return password.isEmpty ? line : line.replacing(password, with: "…")
    }

    private func prepareSession(_ settings: PostgreSQLSettings, for purpose: Purpose) throws {
        let deadline = ContinuousClock.now.advanced(by: settings.connectTimeout)
        let values = session(settings, for: purpose)
        let calls = values.indices.map { "set_config($\($0 * 2 + 1), $\($0 * 2 + 2), false)" }
        let answer = try run(
            """
            SELECT current_setting('server_version_num')::int8, pg_is_in_recovery(), \
            \(calls.joined(separator: ", "))
            """, values.flatMap { [.text($0.0), .text($0.1)] }, by: deadline)
        guard answer.rowCount == 1 else { throw lost() }
        guard answer.row(0).int64(0) >= Limits.postgreSQLVersionMin else {
            throw SQLError(.other, "PostgreSQL 14 or newer is needed")
        }
        guard !purpose.isForPrimary || !answer.row(0).flag(1) else {
            throw SQLError(.unavailable, "the PostgreSQL server is a standby")
        }
    }

    private func session(_ settings: PostgreSQLSettings, for purpose: Purpose) -> [(String, String)] {
        func milliseconds(_ duration: Duration) -> String { "\(Int64(duration / .milliseconds(1)))" }
        let timeouts = [
            ("statement_timeout", milliseconds(settings.statementTimeout)),
            ("lock_timeout", milliseconds(settings.lockTimeout)),
            ("idle_in_transaction_session_timeout", milliseconds(settings.idleInTransactionTimeout)),
            ("client_connection_check_interval", milliseconds(settings.lockTimeout)),
            ("max_parallel_workers_per_gather", "0"), ("jit", "off"),
        ]
        // Whatever the server's own default is.
        guard purpose == .writing else { return timeouts + [("default_transaction_isolation", "read committed")] }
        // A scan of a whole table would lock it whole against every other writer.
        return timeouts + [
            ("default_transaction_isolation", "serializable"), ("enable_seqscan", "off"),
            ("plan_cache_mode", "force_generic_plan"),
        ]
    }
}
