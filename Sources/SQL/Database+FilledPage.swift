import Core

extension Database {
    /// A page of what a list holds and its reader may see, read on until it is full. It ends with what is shown, not with what is
    /// left out: a place is an id, and where the next page begins tells it. Where very many are left out, one behind the other,
    /// the page is shorter than `limit` though more follow.
    /// - Parameters:
    ///   - start: where the page before ended, nil for the first.
    ///   - place: where a row stands in the list.
    ///   - find: rows behind a place, so many at most, in the order of the list.
    ///   - show: what the reader sees of some rows, in their order.
    package func filledPage<Place: Sendable, Row: Sendable, Entry>(
        after start: Place?, limit: Int, place: (Row) -> Place,
        find: @escaping @Sendable (Place?, Int, any SQLReader) throws -> [Row],
        show: ([Row]) async throws -> [(row: Row, entry: Entry)]
    ) async throws -> (entries: [Entry], next: Place?) {
        var shown: [(row: Row, entry: Entry)] = []
        var end = start
        for round in 0..<Limits.pageReadsMax {
            let (after, wanted) = (end, round == 0 ? limit : max(limit, Limits.pageReadOn))
            let rows = try await read { try find(after, wanted + 1, $0) }
            let looked = Array(rows.prefix(wanted))
            shown += try await show(looked)
            let isWhole = rows.count <= wanted
            if shown.count > limit || (shown.count == limit && !isWhole) {
                let page = shown.prefix(limit)
                return (page.map(\.entry), page.last.map { place($0.row) })
            }
            guard !isWhole, let last = looked.last else { return (shown.map(\.entry), nil) }
            end = place(last)
        }
        return (shown.map(\.entry), end)
    }
}

extension Limits {
    /// Stretches of a list that are looked through for one page.
    static let pageReadsMax = 16
    /// Entries of a stretch, where the first did not fill the page.
    static let pageReadOn = 64
}
