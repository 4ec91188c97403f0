import SQL

/// The count of a table's rows and a sum over them that does not depend on their order: the 64-bit hashes of the rows,
/// added without regard to overflow.
struct TableDigest: Hashable, Sendable {
    private(set) var rows = 0
    private(set) var sum: UInt64 = 0

    init(rows: Int = 0, sum: UInt64 = 0) {
        self.rows = rows
        self.sum = sum
    }

    mutating func add(_ batch: RowBatch, of table: TableShape) {
        let order = RowHash.order(table.columns)
        for row in batch.rows {
            var hash = RowHash()
            for place in order { hash.add(row[place]) }
            sum &+= hash.value
        }
        rows += batch.rows.count
    }
}

/// A hash over the values of a row, in the order of their columns' names: a follow has the same in both directions.
struct RowHash {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    static func order(_ columns: [TableShape.Column]) -> [Int] {
        columns.indices.sorted { columns[$0].name < columns[$1].name }
    }

    mutating func add(_ value: SQLValue) {
        switch value {
        case .null: mix(0)
        case .integer(let integer):
            mix(1)
            mix(UInt64(bitPattern: integer))
        case .text(var text):
            mix(2)
            text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
        case .blob(let bytes):
            mix(3)
            bytes.withUnsafeBytes { add($0) }
        // Of no column, see `TableShape.Kind`.
        case .real, .list: break
        }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        mix(UInt64(bytes.count))
        var place = 0
        while place + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place += 8
        }
        guard place < bytes.count else { return }
        mix(bytes[place...].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// The finalizer of SplitMix64 over all that came before; source: https://prng.di.unimi.it/splitmix64.c
    private mutating func mix(_ word: UInt64) {
        var mixed = (value ^ word) &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        value = mixed ^ (mixed >> 31)
    }
}
