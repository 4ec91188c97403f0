import Accounts
import Core

/// Where a post stands. Raw values are stored.
package enum PostState: Int64, Sendable {
    case draft = 0
    case scheduled = 1
    case held = 2
    case published = 3
    case removed = 4
    case deleted = 5
}

/// One post without its text: what filters and rules look at.
package struct Post: Sendable, Hashable {
    package let id: ID<Post>
    package let author: ID<Account>
    package let position: Position
    package let visibility: Visibility
    package let replyTo: ID<Post>?
    package let replyToAuthor: ID<Account>?
    package let rootID: ID<Post>?
    package let depth: Int
    package let version: Int64
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let editedAt: Int64?
    /// Who may comment below it; means something at the root of a thread only.
    package var commentPolicy = CommentPolicy.open
    package var sharePolicy = SharePolicy.everyone
    package var quote: Quote?
    package var hasPoll = false
}
