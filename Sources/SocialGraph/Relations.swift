import Accounts
import Core
import Synchronization

/// What one viewer's answers depend on: whom they follow, whom a block keeps apart from them, whom they mute.
///
/// Immutable: a change makes new ones. A class, because every read passes them on.
package final class Relations: Sendable {
    package let viewer: ID<Account>
    package let following: SortedIDs
    /// Blocks in either direction.
    package let apart: SortedIDs
    package let muted: SortedIDs
    /// Those whom the viewer's exclusive lists keep out of the home feed.
    package let exclusive: SortedIDs
    /// Who counts the viewer among their close friends.
    package let befriending: SortedIDs
    /// Nil for those who mute no words, which are most.
    package let mutedWords: MutedWords?
    /// For what follows from these relations alone and would be costly to find out with every read.
    package let derived = Mutex<(any Sendable)?>(nil)

    package init(
        viewer: ID<Account>, following: [Int64] = [], apart: [Int64] = [], muted: [Int64] = [],
        exclusive: [Int64] = [], befriending: [Int64] = [], mutedWords: MutedWords? = nil
    ) {
        self.viewer = viewer
        self.following = SortedIDs(following)
        self.apart = SortedIDs(apart)
        self.muted = SortedIDs(muted)
        self.exclusive = SortedIDs(exclusive)
        self.befriending = SortedIDs(befriending)
        self.mutedWords = mutedWords
    }

    /// Those whose posts have a place in the viewer's home feed, and the viewer, in no order.
    package var homeAuthors: [Int64] {
        let followed = exclusive.isEmpty ? following.values : following.values.filter { !exclusive.contains(ID($0)) }
        return followed + [viewer.rawValue]
    }

    /// Whether the viewer follows `account`; everyone counts as a follower of themselves.
    package func follows(_ account: ID<Account>) -> Bool {
        account == viewer || following.contains(account)
    }
}
