import Accounts
import Core
import DequeModule
import SocialGraph

/// One account that has streams, or had one a short while ago.
struct Audience {
    struct Connection {
        let id: UInt64
        let principal: Principal
        let token: String
        let outlet: any StreamOutlet
    }

    let account: Int64
    var connections: [Connection] = []
    var backlog: Backlog
    /// Where this account's follows in the index come from; nil while they are being loaded.
    var relations: Relations?
    /// Follows that came or went since the relations were asked for.
    var followChanges: [Int64: Bool] = [:]
    /// When the last connection ended, in milliseconds since 1970.
    var leftAt: Int64?
    /// Positions of posts whose counters matter here.
    private var told: Deque<Int64> = []

    init(account: Int64, after start: UInt64) {
        self.account = account
        backlog = Backlog(after: start)
    }

    /// All that may stand in the index for this account.
    var indexed: Set<Int64> {
        Set(relations?.following.values ?? []).union(followChanges.keys)
    }

    func watches(_ position: Int64) -> Bool {
        told.contains(position)
    }

    /// The posts that matter here, told of or on the first page.
    var watched: Set<Int64> { Set(told) }

    func watched(inBuckets buckets: Set<Int>) -> [Int64] {
        told.filter { buckets.contains(Snowflake(rawValue: $0).bucket) }
    }

    func watched(of positions: Set<Int64>) -> [Int64] {
        told.filter { positions.contains($0) }
    }

    mutating func watch(_ position: Int64, max: Int) {
        guard !told.contains(position) else { return }
        told.append(position)
        if told.count > max { told.removeFirst() }
    }

    /// - Returns: whether the post mattered here.
    mutating func unwatch(_ position: Int64) -> Bool {
        guard let place = told.firstIndex(of: position) else { return false }
        told.remove(at: place)
        return true
    }
}
