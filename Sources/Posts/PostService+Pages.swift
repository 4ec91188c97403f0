import Core
import SQL

extension PostService {
    /// A page of posts, filled as `Database.filledPage` does it.
    /// - Parameters:
    ///   - find: positions below one, so many at most, newest first.
    ///   - show: what the viewer sees of them, in their order.
    func filledPage(
        before: Position, limit: Int,
        _ find: @escaping @Sendable (Position, Int, any SQLReader) throws -> [Position],
        show: ([Position]) async throws -> [Shown]
    ) async throws -> (posts: [Shown], next: Position?) {
        let page = try await database.filledPage(after: before, limit: limit, place: { $0 }) { place, count, store in
            try find(place ?? before, count, store)
        } show: { positions in
            try await show(positions).map { (row: $0.place, entry: $0) }
        }
        return (page.entries, page.next)
    }
}
