/// Who follows whom in a demo community: 0 is the account `demo`, the others follow by their rank. Followees are drawn by
/// rank, so that a few have most followers.
struct DemoGraph: Sendable {
    struct Follow: Hashable, Sendable {
        var follower: Int
        var followee: Int
    }

    private static let demoFollowees = 30
    private static let demoFollowers = 20

    /// Each once, and nobody follows themselves.
    private(set) var follows: [Follow] = []
    private var seen: Set<Follow> = []

    /// - Parameter follows: at most half of what is possible are made.
    init(users: Int, follows wanted: Int, seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        let ranks = ZipfRanks(count: users)
        let count = min(wanted, users * (users - 1) / 2)
        for followee in 1...min(users, Self.demoFollowees / 2) where follows.count < count {
            add(Follow(follower: 0, followee: followee))
        }
        for round in 0..<Self.demoFollowees / 2 + Self.demoFollowers where follows.count < count {
            let other = 1 + numbers.below(users)
            add(round % 2 == 0 ? Follow(follower: 0, followee: other) : Follow(follower: other, followee: 0))
        }
        while follows.count < count {
            add(Follow(follower: 1 + numbers.below(users), followee: 1 + ranks.draw(&numbers)))
        }
    }

    private mutating func add(_ follow: Follow) {
        guard follow.follower != follow.followee, seen.insert(follow).inserted else { return }
        follows.append(follow)
    }
}
