import Accounts
import Core
import SocialGraph

/// Who may see a post: the one place that decides it. It fails closed.
package enum PostVisibility {
    /// - Parameters:
    ///   - author: the author's account, from the directory.
    ///   - relations: the viewer's, or nil for someone without an account.
    package static func admits(_ post: Post, author: Account, relations: Relations?) -> Bool {
        admits(post.visibility, author: author.standing, relations: relations)
    }

    package static func admits(_ visibility: Visibility, author: Account, relations: Relations?) -> Bool {
        admits(visibility, author: author.standing, relations: relations)
    }

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
