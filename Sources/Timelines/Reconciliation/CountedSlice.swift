import Core

/// A few accounts or posts that are looked at together.
struct CountedSlice: Sendable {
    struct Item: Sendable {
        let id: Int64
        let place: Int64
        /// That its counters stand for, as far as they are right.
        let rows: Int64
    }

    let ids: [Int64]
    /// Where the next slice begins; nil at the end.
    let next: Int64?

    /// As many from the front as do not stand for too many rows, and one at least.
    /// - Parameter items: up to `Limits.reconciledAtOnce`, and all there are if fewer.
    init(_ items: [Item]) {
        var rows: Int64 = 0
        var taken: [Item] = []
        for item in items {
            guard taken.isEmpty || rows + item.rows <= Limits.reconciledRowsMax else { break }
            taken.append(item)
            rows += max(0, item.rows)
        }
        ids = taken.map(\.id)
        let isLast = taken.count == items.count && items.count < Limits.reconciledAtOnce
        next = isLast ? nil : taken.last?.place
    }
}

extension Limits {
    static let reconciledAtOnce = 200
    /// Rows that are counted together, unless it is one account or post that has more.
    static let reconciledRowsMax: Int64 = 50_000
}
