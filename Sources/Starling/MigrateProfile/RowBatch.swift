import Core
import SQL

/// Some rows of a table in the order of its key.
struct RowBatch: Sendable {
    /// How much is read, and written in one transaction.
    struct Size: Hashable, Sendable {
        var rowsMax = 2_000
        /// About the bytes of the rows; one row may go beyond it.
        var bytesMax = 4 << 20
    }

    /// Each as wide as the table's columns.
    private(set) var rows: [[SQLValue]] = []
    /// The key of the last row.
    private(set) var lastKey: [SQLValue]?
    /// Whether there may be more.
    private(set) var isFull = false

    /// Reads the rows after `key`, or the first ones.
    init(of table: TableShape, after key: [SQLValue]?, size: Size, _ store: any SQLReader) throws {
        let extra = table.key.filter { !table.columns.contains($0) }
        let columns = table.columns + extra
        let keyPlaces = table.key.compactMap { columns.firstIndex(of: $0) }
        var bytes = 0
        let query = Self.query(table, columns, isFirst: key == nil, limit: size.rowsMax)
        try store.forEach(query, key ?? []) { row in
            let values = columns.enumerated().map { place, column in row.value(place, column.kind) }
            bytes += values.reduce(0) { $0 + $1.byteCount }
            rows.append(Array(values.prefix(table.columns.count)))
            lastKey = keyPlaces.map { values[$0] }
            isFull = rows.count == size.rowsMax || bytes >= size.bytesMax
            return !isFull
        }
    }

    /// The limit is a part of the text, so that a planner knows that it is small.
    private static func query(
        _ table: TableShape, _ columns: [TableShape.Column], isFirst: Bool, limit: Int
    ) -> String {
        let key = table.key.map(\.name.quoted).joined(separator: ", ")
        let places = table.key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let condition = isFirst ? "" : "WHERE (\(key)) > (\(places)) "
        return "SELECT \(columns.map(\.name.quoted).joined(separator: ", ")) FROM \(table.name.quoted) "
            + "\(condition)ORDER BY \(key) LIMIT \(limit)"
    }
}

extension RowBatch {
    /// An array of objects, as `json_populate_recordset` takes it.
    func json(_ columns: [TableShape.Column]) -> String {
        var json = JSONWriter(capacity: 64 + rows.count * columns.count * 24)
        let names = columns.map { Array("\"\($0.name)\":".utf8) }
        json.raw("[")
        for (place, row) in rows.enumerated() {
            if place > 0 { json.raw(",") }
            json.raw("{")
            for (column, value) in row.enumerated() {
                if column > 0 { json.raw(",") }
                json.raw(names[column])
                value.write(to: &json)
            }
            json.raw("}")
        }
        json.raw("]")
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension SQLRow {
    fileprivate func value(_ column: Int, _ kind: TableShape.Kind) -> SQLValue {
        guard !isNull(column) else { return .null }
        return switch kind {
        case .integer: .integer(int64(column))
        case .text: .text(text(column))
        case .blob: .blob(blob(column))
        }
    }
}

extension SQLValue {
    fileprivate var byteCount: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count
        case .list(let values): values.count * 8
        }
    }

    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .integer(let value): json.integer(value)
        case .text(let text): json.string(text)
        case .blob(let bytes): json.string("\\x" + bytes.map(Self.hex).joined())
        // Of no column, see `TableShape.Kind`.
        case .null, .real, .list: json.raw("null")
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
