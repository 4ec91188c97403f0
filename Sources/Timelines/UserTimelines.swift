import Accounts
import Core
import KeyValue
import SQL

/// The newest posts and reposts of authors who are merged in when read: everyone's own, and those of pulled authors.
///
/// It follows commits directly, so a post is in its author's own feed from its acknowledgement on.
package final class UserTimelines: CommitObserver, Sendable {
    private static let timelinesMax = 50_000

    private let source: TimelineSource
    private let cache: CoherentCache<ID<Account>, Timeline>

    /// Registers itself with the database.
    package init(database: any Database, source: TimelineSource) {
        self.source = source
        cache = CoherentCache(name: "user-timelines", costMax: Self.timelinesMax, lease: database.cacheLease)
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .published(_, let author, let position):
                cache.update(ID(author)) { $0.insert(Position(position)) }
            case .shared(_, let sharer, let position):
                cache.update(ID(sharer)) { $0.insert(Position(position)) }
            case .unshared(_, let sharer, let position):
                cache.update(ID(sharer)) { $0.remove([position]) }
            case .accountErased(let id): cache.invalidate(ID(id))
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// Calls `body` with the author's timeline if it is in memory; never blocks. It runs under a lock.
    /// - Returns: whether it was called.
    func withCached(_ author: ID<Account>, _ body: (borrowing Timeline) -> Void) -> Bool {
        cache.peek(author) {
            body($0.pointee)
            return true
        } ?? false
    }

    package func timelines(of authors: [ID<Account>]) async throws -> [ID<Account>: Timeline] {
        try await cache.load(authors) { [source] missing in
            var timelines: [ID<Account>: Timeline] = [:]
            for author in missing { timelines[author] = try await source.posts(of: author) }
            return timelines
        }
    }

    package func dropAll() {
        cache.invalidateAll()
    }
}
