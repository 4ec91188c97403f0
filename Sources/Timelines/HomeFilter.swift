import Accounts
import Core
import Posts
import SocialGraph

/// Decides what of a skeleton a viewer's home feed, or the feed of one of the viewer's lists, shows. It fails closed: what is not known is not shown.
package struct HomeFilter: Sendable {
    package enum Removal: Hashable, Sendable, CaseIterable {
        case gone
        case hidden
        case notFollowed
        case muted
        /// It holds a word or phrase that the viewer mutes.
        case mutedWords
        /// A reply to someone whom the viewer does not follow, or that a list leaves out.
        case replyToStranger
    }

    package let relations: Relations

    /// Nil for the home feed.
    let list: ListScope?
    let mutedText: MutedText?

    /// - Parameter now: in milliseconds since 1970; nil leaves muted words out of it.
    package init(relations: Relations, list: ListScope? = nil, now: Int64? = nil) {
        self.relations = relations
        self.list = list
        mutedText = now.flatMap { MutedText(relations, in: .home, at: $0) }
    }

    /// For the home feed.
    init(relations: Relations, mutedText: MutedText?) {
        self.relations = relations
        self.mutedText = mutedText
        list = nil
    }

    /// Nil keeps the post. Looks at the text, too.
    package func removal(of card: PostCard, author: AccountStanding, root: ThreadRoot?) -> Removal? {
        removal(of: card.post, author: author, root: root) ?? (mutedText?.hides(card) == true ? .mutedWords : nil)
    }

    /// Nil keeps the post.
    /// - Parameter root: of the thread, for a comment.
    package func removal(of post: borrowing Post, author: AccountStanding, root: ThreadRoot?) -> Removal? {
        guard PostVisibility.admitsThread(of: post, root: root, relations: relations) else { return .hidden }
        guard list != nil else { return Self.removalFromHome(of: post, author: author, relations) }
        guard PostVisibility.admits(post.visibility, author: author, relations: relations) else { return .hidden }
        return removalFromList(of: post, author: author.id)
    }

    /// The same for the home feed and what is no comment, without a filter to copy: for nearly every post of every warm read.
    static func removalFromHome(
        of post: borrowing Post, author: AccountStanding, _ relations: borrowing Relations
    ) -> Removal? {
        guard PostVisibility.admits(post.visibility, author: author, to: relations) else { return .hidden }
        if author.id == relations.viewer { return nil }
        guard relations.follows(author.id), !relations.exclusive.contains(author.id) else { return .notFollowed }
        if relations.muted.contains(author.id) { return .muted }
        if let other = post.replyToAuthor, !relations.follows(other) { return .replyToStranger }
        return nil
    }

    private func removalFromList(of post: borrowing Post, author: ID<Account>) -> Removal? {
        guard let list, list.members.contains(author), relations.following.contains(author) else {
            return .notFollowed
        }
        if relations.muted.contains(author) { return .muted }
        if let other = post.replyToAuthor, !list.shows(replyTo: other, by: author, relations) {
            return .replyToStranger
        }
        return nil
    }

    /// The same as for a post alone. Looks at the text, too.
    package func admitsShared(_ card: PostCard, author: AccountStanding, root: ThreadRoot?) -> Bool {
        admitsShared(card.post, author: author, root: root) && mutedText?.hides(card) != true
    }

    /// Whether the post, which has no place of its own in this feed, is shown there once a followee, or a member of the list, shares it.
    package func admitsShared(_ post: Post, author: AccountStanding, root: ThreadRoot?) -> Bool {
        guard !relations.muted.contains(author.id) else { return false }
        switch removal(of: post, author: author, root: root) {
        case .notFollowed, .replyToStranger: return true
        case nil, .gone, .hidden, .muted, .mutedWords: return false
        }
    }
}
