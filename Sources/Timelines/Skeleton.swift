import Accounts
import Core
import SocialGraph

/// The next stretch of a viewer's feed: positions only, newest first, not filtered yet.
struct Skeleton: Sendable {
    var positions: [Position]
    /// Nothing follows below these.
    var isLast: Bool

    /// What memory tells; nil where it has no opinion and the store goes on.
    init?(home: HomeTimelines.Slice, authors: [Timeline], before: Position, limit: Int) {
        // Complete only down to the highest of all floors.
        let floor = authors.reduce(home.floor) { max($0, $1.floor) }
        var lists = [home.entries[...]]
        for timeline in authors { lists.append(timeline.page(before: before, limit: limit)) }
        positions = SortedMerge.newest(of: lists, limit: limit, notBelow: floor.rawValue)
        guard !positions.isEmpty || floor == .lowest else { return nil }
        isLast = floor == .lowest && positions.count < limit
    }

    /// What the store tells.
    init(stored positions: [Position], limit: Int) {
        self.positions = positions
        isLast = positions.count < limit
    }
}

extension FeedReader {
    /// The newest `limit` positions below `before`, from memory where it knows, else from the store.
    func skeleton(_ relations: Relations, before: Position, limit: Int) async throws -> Skeleton {
        let home = try await homeSlice(of: relations.viewer, before: before, limit: limit)
        let authors = try await users.timelines(of: merged(for: relations, floor: home.floor))
        if let known = Skeleton(home: home, authors: Array(authors.values), before: before, limit: limit) {
            return known
        }
        let stored = try await source.posts(
            ofAuthors: relations.homeAuthors, before: before, limit: limit, now: clock.now())
        return Skeleton(stored: stored, limit: limit)
    }

    /// Whose own timelines are merged in: the viewer's and those of pulled authors.
    private func merged(for relations: Relations, floor: Position) -> [ID<Account>] {
        pulled.authors(for: relations, floor: floor) + [relations.viewer]
    }

    private func homeSlice(
        of viewer: ID<Account>, before: Position, limit: Int
    ) async throws -> HomeTimelines.Slice {
        if let shared {
            return try await shared.slice(of: viewer, before: before, limit: limit) {
                try await source.home(of: viewer, now: clock.now())
            }
        }
        while true {
            if let slice = home.slice(of: viewer, before: before, limit: limit) { return slice }
            // It may be evicted again before it is read; then it is built again.
            try await home.ensure(viewer) { try await source.home(of: viewer, now: clock.now()) }
        }
    }
}
