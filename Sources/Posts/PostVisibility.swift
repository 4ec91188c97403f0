import Accounts
import Core
import SocialGraph

/// Who may see a post: the one place that decides it. It fails closed.
package enum PostVisibility {
    /// - Parameters:
    ///   - author: from the directory.
    ///   - root: of the thread, for a comment; where that is not known, nobody but the comment's author sees it.
    ///   - relations: the viewer's, or nil for someone without an account.
    package static func admits(
        _ post: borrowing Post, author: AccountStanding, root: ThreadRoot?, relations: Relations?
    ) -> Bool {
        guard admits(post.visibility, author: author, relations: relations) else { return false }
        return admitsThread(of: post, root: root, relations: relations)
    }

    /// What the root of its thread says of a comment: it is for those who may see the root, and for its own author.
    package static func admitsThread(
        of post: borrowing Post, root: ThreadRoot?, relations: Relations?
    ) -> Bool {
        guard post.rootID != nil, relations?.viewer != post.author else { return true }
        return admitsThread(below: root, relations: relations)
    }

    /// The same for someone who wrote nothing in it.
    package static func admitsThread(below root: ThreadRoot?, relations: Relations?) -> Bool {
        guard let root else { return false }
        // What was said below a post for everyone stays in sight when the post, or its author, is gone.
        if root.isForEveryone { return relations?.apart.contains(root.author.id) != true }
        return admits(root.visibility, author: root.author, relations: relations)
    }

    /// Whether the viewer may see what an author shows with this visibility, by itself: for what is no comment.
    package static func admits(_ visibility: Visibility, author: AccountStanding, relations: Relations?) -> Bool {
        if let relations { return admits(visibility, author: author, to: relations) }
        return author.isActive && visibility == .everyone && !author.isPrivate
    }

    /// For someone with an account.
    package static func admits(
        _ visibility: Visibility, author: AccountStanding, to relations: borrowing Relations
    ) -> Bool {
        guard author.isActive else { return false }
        if relations.viewer == author.id { return true }
        if relations.apart.contains(author.id) { return false }
        switch visibility {
        case .author: return false
        case .closeFriends: return relations.befriending.contains(author.id)
        case .followers: return relations.follows(author.id)
        case .everyone: return !author.isPrivate || relations.follows(author.id)
        }
    }
}
