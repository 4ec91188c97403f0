import Accounts
import Core
import SocialGraph
import Synchronization

/// Authors with posts that were not pushed, and how far up those reach.
///
/// A reader merges such an author in for as long as a post that was not pushed stands at or above the floor of the
/// reader's timeline. So an author may cross the threshold either way and nothing is lost; what was pushed as well is
/// merged away. Only fan-out writes here, and it does before it moves past the post's event.
package final class PulledAuthors: Sendable {
    /// One such author, for as long as the process lives.
    final class Author: Sendable {
        let id: ID<Account>
        private let through: Atomic<Int64>

        init(_ id: ID<Account>) {
            self.id = id
            through = Atomic(Position.lowest.rawValue)
        }

        /// The highest post that was not pushed.
        var unpushedThrough: Position { Position(through.load(ordering: .acquiring)) }

        func raise(to position: Position) {
            through.max(position.rawValue, ordering: .releasing)
        }
    }

    private struct State {
        var modes: [Int64: FanOut] = [:]
        var authors: [Int64: Author] = [:]
    }

    /// Which of these a viewer follows, found once for as long as no author joins.
    private struct Followed: Sendable {
        let authorCount: Int
        let authors: [Author]
    }

    private let state = Mutex(State())
    /// Authors are never taken out, so their number names the set.
    private let authorCount = Atomic<Int>(0)

    package init() {}

    package func mode(of author: ID<Account>) -> FanOut {
        state.withLock { $0.modes[author.rawValue] ?? .push }
    }

    package func set(_ mode: FanOut, for author: ID<Account>) {
        state.withLock { $0.modes[author.rawValue] = mode == .pull ? .pull : nil }
    }

    /// Notes a post that is not pushed.
    package func skip(_ position: Position, of id: ID<Account>) {
        let author = state.withLock { state in
            if let author = state.authors[id.rawValue] { return author }
            let author = Author(id)
            state.authors[id.rawValue] = author
            return author
        }
        author.raise(to: position)
        authorCount.store(count, ordering: .sequentiallyConsistent)
    }

    /// Those whom a reader with these relations and this floor has to merge in.
    package func authors(for relations: Relations, floor: Position) -> [ID<Account>] {
        guard authorCount.load(ordering: .sequentiallyConsistent) > 0 else { return [] }
        return followed(by: relations).compactMap { $0.unpushedThrough >= floor ? $0.id : nil }
    }

    package var count: Int { state.withLock { $0.authors.count } }

    private func followed(by relations: Relations) -> [Author] {
        let authorCount = authorCount.load(ordering: .sequentiallyConsistent)
        let known = relations.derived.withLock { $0 as? Followed }
        if let known, known.authorCount == authorCount { return known.authors }
        let authors = state.withLock { state in
            if state.authors.count <= relations.following.count {
                return state.authors.values.filter { relations.following.contains($0.id) }
            }
            return relations.following.values.compactMap { state.authors[$0] }
        }
        relations.derived.withLock { $0 = Followed(authorCount: authorCount, authors: authors) }
        return authors
    }
}
