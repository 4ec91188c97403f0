/// What was acknowledged, and the rules of the product in their plainest form. People are numbers.
struct Ledger: Sendable {
    /// One who acts, and another.
    struct Pair: Hashable, Sendable {
        let one: Int
        let other: Int

        var reversed: Pair { Pair(one: other, other: one) }
    }

    struct Post: Sendable {
        let id: Int64
        let author: Int
        var isPrivate = false
        let isForFollowers: Bool
        var isDeleted = false
    }

    var follows: Set<Pair> = []
    var blocks: Set<Pair> = []
    var mutes: Set<Pair> = []
    var posts: [Int64: Post] = [:]
    /// Pairs about which a request had no answer: it may have had its effect later than what was asked after it.
    var uncertain: Set<Pair> = []

    func isApart(_ pair: Pair) -> Bool { blocks.contains(pair) || blocks.contains(pair.reversed) }

    mutating func block(_ pair: Pair) {
        blocks.insert(pair)
        follows.remove(pair)
        follows.remove(pair.reversed)
    }

    /// The home feed, newest first.
    func home(of viewer: Int) -> [Int64] {
        posts.values.filter { isInHome($0, of: viewer) }.map(\.id).sorted(by: >)
    }

    private func isInHome(_ post: Post, of viewer: Int) -> Bool {
        guard !post.isDeleted else { return false }
        guard post.author != viewer else { return true }
        let pair = Pair(one: viewer, other: post.author)
        return !post.isPrivate && follows.contains(pair) && !mutes.contains(pair) && !isApart(pair)
    }

    /// Followers, following and posts, as a profile counts them.
    func counters(of person: Int) -> [Int] {
        [
            follows.count { $0.other == person }, follows.count { $0.one == person },
            posts.values.count { $0.author == person && !$0.isDeleted && !$0.isPrivate && !$0.isForFollowers },
        ]
    }
}
