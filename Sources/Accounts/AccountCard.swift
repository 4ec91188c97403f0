import Core

/// An account with the JSON that stands for it in answers, encoded once.
package final class AccountCard: Sendable {
    package let account: Account
    package let standing: AccountStanding
    /// `{"user_id": …, "username": …, "display_name": …, "avatar_url": …, "is_verified": …}`: an author in a post.
    package let authorJSON: FrozenBytes

    package init(_ account: Account) {
        self.account = account
        standing = account.standing
        var json = JSONWriter(capacity: 192)
        json.raw("{")
        Self.writeIdentity(account, to: &json)
        json.raw("}")
        authorJSON = FrozenBytes(json.bytes)
    }

    /// The same account with other counters.
    init(_ card: AccountCard, _ counters: AccountCounters) {
        var account = card.account
        account.followersCount = counters.followers
        account.followingCount = counters.following
        account.postsCount = counters.posts
        self.account = account
        standing = card.standing
        authorJSON = FrozenBytes(copying: card.authorJSON)
    }

    /// The public profile.
    package func writeProfile(to json: inout JSONWriter, createdAt: String) {
        json.raw("{")
        Self.writeIdentity(account, to: &json)
        json.raw(",\"bio\":")
        json.string(account.bio)
        json.raw(",\"is_private\":")
        json.flag(account.isPrivate)
        json.raw(",\"created_at\":")
        json.string(createdAt)
        json.raw(",\"followers_count\":")
        json.integer(account.followersCount)
        json.raw(",\"following_count\":")
        json.integer(account.followingCount)
        json.raw(",\"posts_count\":")
        json.integer(account.postsCount)
        json.raw("}")
    }

    private static func writeIdentity(_ account: Account, to json: inout JSONWriter) {
        json.raw("\"user_id\":")
        json.id(account.id.rawValue)
        json.raw(",\"username\":")
        json.string(account.username)
        json.raw(",\"display_name\":")
        json.string(account.displayName)
        json.raw(",\"avatar_url\":")
        json.string(account.avatarURL)
        json.raw(",\"is_verified\":")
        json.flag(account.isVerified)
    }
}
