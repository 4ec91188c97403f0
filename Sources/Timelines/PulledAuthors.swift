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
    private struct State {
        var modes: [Int64: FanOut] = [:]
        var unpushedThrough: [Int64: Position] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func mode(of author: ID<Account>) -> FanOut {
        state.withLock { $0.modes[author.rawValue] ?? .push }
    }

    package func set(_ mode: FanOut, for author: ID<Account>) {
        state.withLock { $0.modes[author.rawValue] = mode == .pull ? .pull : nil }
    }

    /// Notes a post that is not pushed.
    package func skip(_ position: Position, of author: ID<Account>) {
        state.withLock { state in
            let known = state.unpushedThrough[author.rawValue] ?? .lowest
            state.unpushedThrough[author.rawValue] = max(known, position)
        }
    }

    /// Those whom a reader with these relations and this floor has to merge in.
    package func authors(for relations: Relations, floor: Position) -> [ID<Account>] {
        state.withLock { state in
            guard !state.unpushedThrough.isEmpty else { return [] }
            if state.unpushedThrough.count <= relations.following.count {
                return state.unpushedThrough.compactMap { author, through in
                    through >= floor && relations.following.contains(ID(author)) ? ID(author) : nil
                }
            }
            return relations.following.values.compactMap { author in
                (state.unpushedThrough[author] ?? .lowest) >= floor && state.unpushedThrough[author] != nil
                    ? ID(author) : nil
            }
        }
    }

    package var count: Int { state.withLock { $0.unpushedThrough.count } }
}
