import Core
import SQL
import Telemetry

/// An id in an archive: a decimal string.
package struct ExportedID: Codable, Hashable, Sendable {
    package let value: Int64

    init(_ value: Int64) { self.value = value }

    init<Entity>(_ id: ID<Entity>) { value = id.rawValue }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = ID<ExportedID>(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id")
        }
        value = id.rawValue
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }

    var sql: SQLValue { .integer(value) }

    func id<Entity>(_: Entity.Type = Entity.self) -> ID<Entity> { ID(value) }
}

/// A moment in an archive, as RFC 3339.
package struct ExportedTime: Codable, Hashable, Sendable {
    let milliseconds: Int64

    init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

    /// When an id was given.
    init(of id: ExportedID) { milliseconds = Snowflake(rawValue: id.value).unixMilliseconds }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = Timestamp(rfc3339: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
        }
        milliseconds = time.millisecondsSince1970
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Timestamp.string(milliseconds))
    }
}

extension SQLRow {
    func exportedID(_ column: Int) -> ExportedID { ExportedID(int64(column)) }
    func optionalExportedID(_ column: Int) -> ExportedID? { optionalInt64(column).map { ExportedID($0) } }
    func time(_ column: Int) -> ExportedTime { ExportedTime(int64(column)) }
    func optionalTime(_ column: Int) -> ExportedTime? { optionalInt64(column).map { ExportedTime($0) } }
}
