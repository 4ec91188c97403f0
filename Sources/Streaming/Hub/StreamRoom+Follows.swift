import SocialGraph

extension StreamRoom {
    /// Takes what was loaded about whom an account follows. Changes that were announced meanwhile come on top.
    mutating func install(_ relations: Relations, of account: Int64) {
        guard let audience = audiences[account], audience.relations == nil else { return }
        audiences[account]?.relations = relations
        let changed = audience.followChanges
        index.insertNew(account, to: relations.following.values.filter { changed[$0] == nil })
    }

    mutating func followed(_ follower: Int64, _ followee: Int64) {
        guard audiences[follower] != nil else { return }
        audiences[follower]?.followChanges[followee] = true
        index.insert(follower, to: followee)
    }

    mutating func unfollowed(_ follower: Int64, _ followee: Int64) {
        guard audiences[follower] != nil else { return }
        audiences[follower]?.followChanges[followee] = false
        index.remove(follower, from: followee)
    }

    /// Forgets whom everybody follows: it has to be loaded anew.
    /// - Returns: the accounts.
    mutating func forgetFollows() -> [Int64] {
        index = FollowIndex()
        for account in Array(audiences.keys) {
            audiences[account]?.relations = nil
            audiences[account]?.followChanges = [:]
        }
        return Array(audiences.keys)
    }

    func hasListeners(to author: Int64) -> Bool {
        index.isFollowed(author) || audiences[author] != nil
    }

    /// Who may have to hear of an author's post: those who follow, and the author.
    func listeners(to author: Int64) -> [Int64] {
        let followers = index.followers(of: author)
        return audiences[author] == nil ? followers : followers + [author]
    }
}
