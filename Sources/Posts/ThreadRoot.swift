import Accounts
import Core

/// The post at the root of a thread, as far as it decides who sees the comments below. Whom it was for stays so when the post
/// is deleted.
package struct ThreadRoot: Hashable, Sendable {
    package let visibility: Visibility
    package let author: AccountStanding

    package init(visibility: Visibility, author: AccountStanding) {
        self.visibility = visibility
        self.author = author
    }

    /// Whether it keeps nobody out whom no block keeps apart from its author.
    package var isForEveryone: Bool { visibility == .everyone && !author.isPrivate }
}

/// The roots of the threads that some comments are in.
package struct ThreadRoots: Sendable {
    private let roots: [ID<Post>: ThreadRoot]

    init(_ roots: [ID<Post>: ThreadRoot] = [:]) {
        self.roots = roots
    }

    /// Nil for a post that is no comment, and where nothing is known.
    package subscript(of post: Post) -> ThreadRoot? {
        post.rootID.flatMap { roots[$0] }
    }
}
