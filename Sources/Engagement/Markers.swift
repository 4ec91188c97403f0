import Accounts
import Core
import SQL
import Telemetry

/// Lists whose reading position an account's devices share. Raw values are stored.
package enum MarkedList: Int64, CaseIterable, Sendable {
    case home = 0
    case notifications = 1

    package var name: String {
        switch self {
        case .home: "home"
        case .notifications: "notifications"
        }
    }
}

/// How far an account has read a list.
package struct Marker: Hashable, Sendable {
    /// The id of the newest entry that was read.
    package let lastReadID: Int64
    /// Grows by one whenever the marker moves.
    package let version: Int64
    /// Milliseconds since 1970.
    package let updatedAt: Int64
}

/// The reading positions of an account.
package typealias Markers = [MarkedList: Marker]

extension Markers {
    /// `{"home": {"last_read_id": …, "version": …, "updated_at": …}}`, with the lists that have a marker.
    package var json: [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.raw("{")
        for (index, entry) in sorted(by: { $0.key.rawValue < $1.key.rawValue }).enumerated() {
            if index > 0 { json.raw(",") }
            json.string(entry.key.name)
            json.raw(":{\"last_read_id\":")
            json.id(entry.value.lastReadID)
            json.raw(",\"version\":")
            json.integer(entry.value.version)
            json.raw(",\"updated_at\":")
            json.string(Timestamp.string(entry.value.updatedAt))
            json.raw("}")
        }
        json.raw("}")
        return json.bytes
    }
}

/// Keeps how far accounts have read, for all of their devices.
package struct MarkerService: Sendable {
    /// Where a device says it has read to.
    package struct Move: Sendable {
        let list: MarkedList
        let lastReadID: Int64
        let mayGoBack: Bool

        /// - Parameter mayGoBack: otherwise a marker only moves forward, so that a device that lags takes nothing back.
        package init(_ list: MarkedList, to lastReadID: Int64, mayGoBack: Bool = false) {
            self.list = list
            self.lastReadID = lastReadID
            self.mayGoBack = mayGoBack
        }
    }

    private let database: any Database
    private let clock: WallClock

    package init(database: any Database, clock: WallClock) {
        self.database = database
        self.clock = clock
    }

    package func markers(of account: ID<Account>) async throws -> Markers {
        try await database.read { try Self.markers(of: account, $0) }
    }

    /// Moves markers, and tells the account's other devices where any moved.
    /// - Returns: all markers, as they are then.
    package func move(_ moves: [Move], of account: ID<Account>) async throws -> Markers {
        let now = clock.now()
        return try await database.write { store in
            var moved = 0
            for move in moves { moved += try store.execute(move.sql, move.arguments(account, now)) }
            if moved > 0 { store.announce(.markersMoved(account.rawValue)) }
            return try Self.markers(of: account, store)
        }
    }

    private static func markers(of account: ID<Account>, _ store: any SQLReader) throws -> Markers {
        let rows = try store.query(
            "SELECT list, last_read_id, version, updated_at FROM markers WHERE account_id = $1",
            [.integer(account.rawValue)]
        ) { row in
            (
                list: MarkedList(rawValue: row.int64(0)),
                marker: Marker(lastReadID: row.int64(1), version: row.int64(2), updatedAt: row.int64(3))
            )
        }
        var markers: Markers = [:]
        for row in rows { if let list = row.list { markers[list] = row.marker } }
        return markers
    }
}

extension MarkerService.Move {
    fileprivate var sql: String {
        """
        INSERT INTO markers (account_id, list, last_read_id, version, updated_at) VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT (account_id, list) DO UPDATE SET
            last_read_id = excluded.last_read_id, version = markers.version + 1, updated_at = excluded.updated_at
        WHERE markers.last_read_id \(mayGoBack ? "<>" : "<") excluded.last_read_id
        """
    }

    fileprivate func arguments(_ account: ID<Account>, _ now: Int64) -> [SQLValue] {
        // Nothing to come has been read: no id is issued below this any more.
        let next = Snowflake(unixMilliseconds: now + 1, bucket: 0, low: 0).rawValue
        return [
            .integer(account.rawValue), .integer(list.rawValue), .integer(min(lastReadID, next - 1)), .integer(now),
        ]
    }
}
