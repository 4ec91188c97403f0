import Accounts
import Core
import SocialGraph

/// The next stretch of a viewer's feed: positions only, newest first, not filtered yet.
struct Skeleton: Sendable {
    var positions: [Position]
    /// Nothing follows below these.
    var isLast: Bool
}

extension FeedReader {
    /// The newest `limit` positions below `before`, from memory where it knows, else from the store.
    func skeleton(_ relations: Relations, before: Position, limit: Int) async throws -> Skeleton {
        let slice = try await homeSlice(of: relations.viewer, before: before, limit: limit)
        let merged = try await authorTimelines(for: relations, floor: slice.floor)
        // Complete only down to the highest of all floors.
        let floor = merged.reduce(slice.floor) { max($0, $1.floor) }
        let sources = [slice.entries[...]] + merged.map { $0.page(before: before, limit: limit) }
        let positions = SortedMerge.newest(of: sources, limit: limit, notBelow: floor.rawValue)
        if !positions.isEmpty {
            return Skeleton(positions: positions, isLast: floor == .lowest && positions.count < limit)
        }
        guard floor > .lowest else { return Skeleton(positions: [], isLast: true) }
        return try await stored(relations, before: before, limit: limit)
    }

    private func stored(_ relations: Relations, before: Position, limit: Int) async throws -> Skeleton {
        let authors = relations.following.values + [relations.viewer.rawValue]
        let positions = try await source.posts(ofAuthors: authors, before: before, limit: limit, now: clock.now())
        return Skeleton(positions: positions, isLast: positions.count < limit)
    }

    private func homeSlice(
        of viewer: ID<Account>, before: Position, limit: Int
    ) async throws -> HomeTimelines.Slice {
        while true {
            if let slice = home.slice(of: viewer, before: before, limit: limit) { return slice }
            // It may be evicted again before it is read; then it is built again.
            try await home.ensure(viewer) { try await source.home(of: viewer, now: clock.now()) }
        }
    }

    private func authorTimelines(for relations: Relations, floor: Position) async throws -> [Timeline] {
        let authors = pulled.authors(for: relations, floor: floor) + [relations.viewer]
        let known = authors.compactMap { users.cached($0) }
        if known.count == authors.count { return known }
        return Array(try await users.timelines(of: authors).values)
    }
}

/// Merging of ascending lists from their ends.
enum SortedMerge {
    /// The largest distinct values of all lists that are not below `floor`, in descending order.
    static func newest(of lists: [ArraySlice<Int64>], limit: Int, notBelow floor: Int64) -> [Position] {
        var ends = lists.map(\.endIndex)
        var merged: [Position] = []
        merged.reserveCapacity(limit)
        while merged.count < limit {
            var best = Int64.min
            for (list, end) in zip(lists, ends) where end > list.startIndex { best = max(best, list[end - 1]) }
            guard best >= floor, best != .min else { break }
            merged.append(Position(best))
            for index in lists.indices {
                while ends[index] > lists[index].startIndex, lists[index][ends[index] - 1] == best { ends[index] -= 1 }
            }
        }
        return merged
    }
}
