/// What a committed transaction changed, for the state that processes keep in memory.
///
/// Changes are announced in commit order and before the write is acknowledged, so that no answer which starts after an
/// acknowledgement rests on what the change hid. In one process they are handed over directly; between processes they
/// travel as rows of a log in the store of record. They carry ids and counts only.
package enum Change: Hashable, Sendable {
    /// Rows were added to the outbox.
    case eventsAppended
    /// The profile, privacy or state of an account.
    case account(Int64)
    /// What stands between two accounts: a follow, request, block or mute. Both sides may have changed.
    case relationship(Int64, Int64)
    /// A follow that came about (both sides' lists grow by one).
    case followed(follower: Int64, followee: Int64)
    /// A follow that ended.
    case unfollowed(follower: Int64, followee: Int64)
    /// An account that another counts among its close friends from now on.
    case closeFriendAdded(of: Int64, friend: Int64)
    /// One that it does no longer.
    case closeFriendRemoved(of: Int64, friend: Int64)
    /// A post that took its place in feeds.
    case published(post: Int64, author: Int64, position: Int64)
    /// The content, visibility or existence of a post that was there before.
    case post(Int64, author: Int64, position: Int64)
    /// The counters of accounts, as they are from now on.
    case counters([AccountCounters])
    /// The counters of posts, by position.
    case postCounters([Int64])
    /// The reactions of posts, as they are from now on.
    case postLikes([PostLikes])
    /// What an account did with a post: of its flags, those in the mask are as in the value from now on.
    case marked(account: Int64, post: Int64, mask: Int64, value: Int64)
    /// What an account said of a post for its own feed's sake, of its flags as with `marked`: it may have hidden the post.
    case feedback(account: Int64, post: Int64, mask: Int64, value: Int64)
    /// A repost, with its own position, that is there from now on.
    case shared(post: Int64, sharer: Int64, position: Int64)
    /// A repost that is gone.
    case unshared(post: Int64, sharer: Int64, position: Int64)
    /// How far an account has read.
    case markersMoved(Int64)
    /// An account is told of something, of a `NotificationKind`.
    case notified(account: Int64, notification: Int64, kind: Int64)
    /// An account whose holder chose another password; its other sessions end.
    case passwordChanged(Int64)
    /// An account that is erased: whatever memory holds of it goes.
    case accountErased(Int64)
    /// A session that ended.
    case sessionRevoked(Int64)
    /// The token signing keys.
    case signingKeys
    /// An author whose post at `through` was not pushed to followers: readers merge the author in.
    case pulled(author: Int64, through: Int64)
    /// Timelines that several processes share begin anew: those of an earlier generation are void.
    case timelinesDropped(generation: Int64)
    /// Many accounts, follows or posts at once: everything derived from them is dropped.
    case bulk
}

/// How many reacted to the post at a position.
package struct PostLikes: Hashable, Sendable {
    package let position: Int64
    package let likes: Int64

    package init(position: Int64, likes: Int64) {
        self.position = position
        self.likes = likes
    }
}

/// How many follow an account, how many it follows, and its posts.
package struct AccountCounters: Hashable, Sendable {
    package let account: Int64
    package let followers: Int64
    package let following: Int64
    package let posts: Int64

    package init(account: Int64, followers: Int64, following: Int64, posts: Int64) {
        self.account = account
        self.followers = followers
        self.following = following
        self.posts = posts
    }
}
