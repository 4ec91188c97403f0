import Accounts
import Core

/// Which of the accounts with a stream follow an author. It proposes; the feed's filter decides.
struct FollowIndex {
    private var followers: [Int64: [Int64]] = [:]

    func followers(of author: Int64) -> [Int64] {
        followers[author] ?? []
    }

    func isFollowed(_ author: Int64) -> Bool {
        followers[author] != nil
    }

    mutating func insert(_ follower: Int64, to author: Int64) {
        guard followers[author]?.contains(follower) != true else { return }
        followers[author, default: []].append(follower)
    }

    /// The same for all authors of someone who is not in the index.
    mutating func insertNew(_ follower: Int64, to authors: some Sequence<Int64>) {
        for author in authors { followers[author, default: []].append(follower) }
    }

    mutating func remove(_ follower: Int64, from author: Int64) {
        guard let list = followers[author], let place = list.firstIndex(of: follower) else { return }
        if list.count == 1 { followers[author] = nil } else { followers[author]?.remove(at: place) }
    }
}
