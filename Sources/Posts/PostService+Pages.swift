import Core
import SQL

extension PostService {
    /// A page of what a list holds and the viewer may see, read on until it is full. It ends with what is shown, not with what is
    /// left out: a place is an id, and where the next page begins tells it. Where very many are left out, one behind the other,
    /// the page is shorter than `limit` though more follow.
    /// - Parameters:
    ///   - find: positions below one, so many at most, newest first.
    ///   - show: what the viewer sees of them, in their order.
    func filledPage(
        before: Position, limit: Int,
        _ find: @escaping @Sendable (Position, Int, any SQLReader) throws -> [Position],
        show: ([Position]) async throws -> [Shown]
    ) async throws -> (posts: [Shown], next: Position?) {
        var shown: [Shown] = []
        var place = before
        for round in 0..<Limits.pageReadsMax {
            let (start, wanted) = (place, round == 0 ? limit : max(limit, Limits.pageReadOn))
            let positions = try await database.read { try find(start, wanted + 1, $0) }
            let looked = Array(positions.prefix(wanted))
            shown += try await show(looked)
            let isWhole = positions.count <= wanted
            if shown.count > limit || (shown.count == limit && !isWhole) {
                let page = Array(shown.prefix(limit))
                return (page, page.last?.place)
            }
            guard !isWhole, let last = looked.last else { return (shown, nil) }
            place = last
        }
        return (shown, place)
    }
}

extension Limits {
    /// Stretches of a list that are looked through for one page.
    static let pageReadsMax = 16
    /// Entries of a stretch, where the first did not fill the page.
    static let pageReadOn = 64
}
