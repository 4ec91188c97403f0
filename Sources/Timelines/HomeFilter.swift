import Accounts
import Core
import Posts
import SocialGraph

/// Decides what of a skeleton a viewer's home feed shows. It fails closed: what is not known is not shown.
package struct HomeFilter: Sendable {
    package enum Removal: Hashable, Sendable, CaseIterable {
        case gone
        case hidden
        case notFollowed
        case muted
        /// A reply to someone whom the viewer does not follow.
        case replyToStranger
    }

    package let relations: Relations

    package init(relations: Relations) {
        self.relations = relations
    }

    /// Nil keeps the post.
    package func removal(of post: Post, author: Account) -> Removal? {
        removal(of: post, author: author.standing)
    }

    /// Nil keeps the post.
    package func removal(of post: borrowing Post, author: AccountStanding) -> Removal? {
        guard PostVisibility.admits(post.visibility, author: author, relations: relations) else { return .hidden }
        if author.id == relations.viewer { return nil }
        guard relations.follows(author.id) else { return .notFollowed }
        if relations.muted.contains(author.id) { return .muted }
        if let other = post.replyToAuthor, !relations.follows(other) { return .replyToStranger }
        return nil
    }

    /// Whether the post, which has no place of its own in this feed, is shown there once a followee shares it.
    package func admitsShared(_ post: Post, author: AccountStanding) -> Bool {
        guard !relations.muted.contains(author.id) else { return false }
        switch removal(of: post, author: author) {
        case .notFollowed, .replyToStranger: return true
        case nil, .gone, .hidden, .muted: return false
        }
    }
}
