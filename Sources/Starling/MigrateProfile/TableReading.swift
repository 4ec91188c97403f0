import SQL

/// A table read from its beginning or from a key on, a batch at a time.
struct TableReading: Sendable {
    let table: TableShape
    private let database: any Database
    private let size: RowBatch.Size
    private var key: [SQLValue]?
    private var isAtEnd = false

    init(_ table: TableShape, in database: any Database, size: RowBatch.Size, after key: [SQLValue]? = nil) {
        self.table = table
        self.database = database
        self.size = size
        self.key = key
    }

    /// Nil at the end.
    mutating func next() async throws -> RowBatch? {
        guard !isAtEnd else { return nil }
        let (table, key, size) = (table, key, size)
        let batch = try await database.read { try RowBatch(of: table, after: key, size: size, $0) }
        isAtEnd = !batch.isFull
        self.key = batch.lastKey
        return batch.rows.isEmpty ? nil : batch
    }

    /// Of all rows from here on, each batch shown to `body`.
    consuming func digest(_ body: (RowBatch) throws -> Void) async throws -> TableDigest {
        var digest = TableDigest()
        while let batch = try await next() {
            digest.add(batch, of: table)
            try body(batch)
        }
        return digest
    }
}
