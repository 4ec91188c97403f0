import Accounts
import Core
import Posts

/// A page of a feed, ready to be written.
package struct FeedPage: Sendable {
    package let posts: [PostService.Shown]
    /// The position that the next page begins below, nil at the end.
    package let next: Position?
    /// The offset of the event log that this page includes, for `since`.
    package let latest: Int64
}
