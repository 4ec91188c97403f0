import Accounts
import Core
import SocialGraph

/// Marks the positions of reposts, which are ids of activities.
package enum RepostRow {}

/// What a timeline's entry stands for where it is not a post.
package struct Repost: Hashable, Sendable {
    package let post: ID<Post>
    package let postPosition: Position
    package let sharer: ID<Account>
}

/// One account's repost of a post that is known from elsewhere.
package struct Sharing: Hashable, Sendable {
    package let position: Position
    package let sharer: ID<Account>

    package init(position: Position, sharer: ID<Account>) {
        self.position = position
        self.sharer = sharer
    }
}

/// Who shared one post, found by their ids.
package struct Sharers: Sendable {
    /// Ascending, and beside each its repost's position.
    private var sharers: [Int64]
    private var positions: [Int64]
    /// False where there are more than memory holds: then the store knows.
    package let isWhole: Bool

    package init(_ sharings: [Sharing], isWhole: Bool = true) {
        let sorted = isWhole ? sharings.sorted { $0.sharer.rawValue < $1.sharer.rawValue } : []
        sharers = sorted.map(\.sharer.rawValue)
        positions = sorted.map(\.position.rawValue)
        self.isWhole = isWhole
    }

    package var count: Int { sharers.count }

    package mutating func insert(_ sharing: Sharing) {
        guard isWhole else { return }
        let place = place(of: sharing.sharer.rawValue)
        if place < sharers.count, sharers[place] == sharing.sharer.rawValue {
            positions[place] = sharing.position.rawValue
        } else {
            sharers.insert(sharing.sharer.rawValue, at: place)
            positions.insert(sharing.position.rawValue, at: place)
        }
    }

    package mutating func remove(_ sharing: Sharing) {
        let place = place(of: sharing.sharer.rawValue)
        guard place < sharers.count, sharers[place] == sharing.sharer.rawValue,
            positions[place] == sharing.position.rawValue
        else { return }
        sharers.remove(at: place)
        positions.remove(at: place)
    }

    /// Those whom the viewer follows and does not mute, the first to share first.
    /// - Parameter scope: only its members; nil for all but those whom exclusive lists keep out of the home feed.
    package func among(_ relations: Relations, in scope: ListScope? = nil) -> [Sharing] {
        var found: [Sharing] = []
        func add(_ place: Int) {
            let sharer = ID<Account>(sharers[place])
            guard !relations.muted.contains(sharer), scope != nil || !relations.exclusive.contains(sharer) else {
                return
            }
            found.append(Sharing(position: Position(positions[place]), sharer: sharer))
        }
        if let scope {
            for place in sharers.indices where scope.members.contains(ID(sharers[place])) {
                if relations.following.contains(ID(sharers[place])) { add(place) }
            }
        } else if sharers.count <= relations.following.count {
            for place in sharers.indices where relations.following.contains(ID(sharers[place])) { add(place) }
        } else {
            relations.following.forEach { followee in
                let place = place(of: followee)
                if place < sharers.count, sharers[place] == followee { add(place) }
            }
        }
        return found.sorted { $0.position < $1.position }
    }

    /// Where the sharer is, or would be.
    private func place(of sharer: Int64) -> Int {
        var (low, high) = (0, sharers.count)
        while low < high {
            let middle = (low + high) / 2
            if sharers[middle] < sharer { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Why a post is shown: which of those the viewer follows shared it.
package struct SharedBy: Sendable {
    /// The first of them, few.
    package let accounts: [AccountCard]
    package let count: Int
    /// The place of the first share.
    package let earliest: Position

    /// - Parameters:
    ///   - sharings: by followees, the first first.
    ///   - author: the author of the post, whose own repost tells nothing.
    ///   - cards: an account of a sharer; those that are nil or not active do not count.
    /// - Returns: nil where nobody is left.
    package init?(_ sharings: [Sharing], of author: ID<Account>, cards: (ID<Account>) -> AccountCard?) {
        var accounts: [AccountCard] = []
        var count = 0
        var earliest: Position?
        for sharing in sharings where sharing.sharer != author {
            guard let card = cards(sharing.sharer), card.account.isActive else { continue }
            if accounts.count < Limits.sharersNamed { accounts.append(card) }
            earliest = earliest ?? sharing.position
            count += 1
        }
        guard let earliest else { return nil }
        self.accounts = accounts
        self.count = count
        self.earliest = earliest
    }

    /// On the list of the one who shared.
    package init(_ sharer: AccountCard, at position: Position) {
        accounts = [sharer]
        count = 1
        earliest = position
    }

    /// The most bytes that `write` lays.
    package var byteCount: Int { accounts.reduce(56) { $0 + $1.authorJSON.count + 1 } }

    /// Lays the members of a post that tell of this.
    package func write(to splicer: inout ByteSplicer) {
        splicer.append(",\"shared_by\":[" as StaticString)
        for (index, account) in accounts.enumerated() {
            if index > 0 { splicer.append(UInt8(ascii: ",")) }
            splicer.append(account.authorJSON)
        }
        splicer.append("],\"shared_by_count\":" as StaticString)
        splicer.append(count)
    }
}

extension Limits {
    /// Those who shared a post that are named beside it.
    package static let sharersNamed = 3
    /// Of a post that more have shared, the store is asked.
    package static let sharersHeld = 50_000
    /// The bound on all reposts that are in memory by post, and on those by position.
    package static let repostsHeld = 2_000_000
}
