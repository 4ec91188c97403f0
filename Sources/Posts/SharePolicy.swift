import Accounts
import Core
import SocialGraph

/// Who may repost or quote a post, as its author chose; the author always may. Raw values are stored.
package enum SharePolicy: Int64, Sendable, CaseIterable {
    case everyone = 0
    case followers = 1
    case nobody = 2

    /// As the API spells it.
    package var name: String {
        switch self {
        case .everyone: "everyone"
        case .followers: "followers"
        case .nobody: "nobody"
        }
    }

    package init?(name: String) {
        guard let policy = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = policy
    }
}

extension Post {
    /// Whether someone who sees this post may repost or quote it. What is not for everyone stays with its author, and so does
    /// what is said below it.
    package func mayBeShared(by sharer: Relations, author: AccountStanding, root: ThreadRoot?) -> Bool {
        if sharer.viewer == author.id { return true }
        guard visibility == .everyone, !author.isPrivate, rootID == nil || root?.isForEveryone == true else {
            return false
        }
        return switch sharePolicy {
        case .everyone: true
        case .followers: sharer.follows(author.id)
        case .nobody: false
        }
    }
}

/// The same question to the store, for a transaction that shares.
enum SharePolicySQL {
    /// Whether the account `sharer`, an expression, may share the post `p` of the account `a`.
    static func admits(_ sharer: String) -> String {
        """
        (p.author_id = \(sharer) OR (p.visibility = 0 AND a.is_private = 0 AND \(ThreadSQL.isForEveryone)
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = \(sharer) AND blocked_id = p.author_id)
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = p.author_id AND blocked_id = \(sharer))
            AND (p.share_policy = 0 OR (p.share_policy = 1 AND EXISTS (
                SELECT 1 FROM following WHERE follower_id = \(sharer) AND followee_id = p.author_id)))))
        """
    }
}
