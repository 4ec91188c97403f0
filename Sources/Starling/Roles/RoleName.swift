/// What a process can take on. Every role is stateless; several processes may have the same one.
enum RoleName: String, CaseIterable, Sendable {
    /// Answers requests.
    case api
    /// Publishes the outbox to Kafka.
    case relay
    /// Brings posts into timelines.
    case fanout
    /// Keeps counters, removes what has expired or was deleted.
    case upkeep
    /// Tells accounts what concerns them.
    case notifications

    static let all = Set(allCases)

    /// The roles named in a setting, with commas; all where there is none.
    /// - Throws: `SettingsError` for a name that is none, and for a set that cannot work with these engines.
    static func set(_ text: String?, engines: EngineSettings) throws -> Set<RoleName> {
        guard let text else { return all }
        let roles = try Set(
            text.split(separator: ",").map { part in
                guard let role = RoleName(rawValue: part.filter { $0 != " " }) else {
                    throw SettingsError(
                        "roles cannot be \(part). Known are: \(allCases.map(\.rawValue).joined(separator: ", ")).")
                }
                return role
            })
        guard !roles.isEmpty else { throw SettingsError("roles names none; leave it out for all.") }
        try check(roles, engines)
        return roles
    }

    private static func check(_ roles: Set<RoleName>, _ engines: EngineSettings) throws {
        guard engines.isShared || roles == all else {
            throw SettingsError(
                "With SQLite one process does everything, so roles must be left out. Several processes share PostgreSQL: "
                    + "give --database-url.")
        }
        if roles.contains(.relay), engines.kafkaBrokers == nil, roles != all {
            throw SettingsError("The role relay publishes to Kafka; give --kafka-brokers, or leave the role out.")
        }
        if engines.redisURL == nil, roles.contains(.fanout) != roles.contains(.api) {
            throw SettingsError(
                "Without Redis timelines are in the memory of the process that serves them, so the roles api and fanout "
                    + "belong together; give --redis-url to have them apart.")
        }
    }
}
