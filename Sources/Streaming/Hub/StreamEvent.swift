import Accounts
import Core
import Notifications
import Posts

/// Something that a client hears of while it happens. It carries ids, never text.
package enum StreamEvent: Hashable, Sendable {
    /// A post that the home feed shows from now on, and who brought it there by sharing it.
    case postNew(ID<Post>, sharer: ID<Account>? = nil)
    case postUpdated(ID<Post>)
    /// A post that was told of, and is not to be seen any more.
    case postDeleted(ID<Post>)
    /// How often posts were liked, answered and shared by now.
    case counters([PostCounts])
    /// Something that concerns the listener; its list of notifications has it by now.
    case notification(Int64, NotificationKind)
    /// The JSON of the read positions.
    case readMarker([UInt8])
    /// What was missed cannot be told: the client loads anew what it shows.
    case reset

    package var name: String {
        switch self {
        case .postNew: "post.new"
        case .postUpdated: "post.updated"
        case .postDeleted: "post.deleted"
        case .counters: "counters"
        case .notification: "notification"
        case .readMarker: "read-marker"
        case .reset: "reset"
        }
    }

    /// A JSON object, in one line.
    package var data: [UInt8] {
        switch self {
        case .postNew(let id, let sharer): return Self.data(of: id, sharer: sharer)
        case .postUpdated(let id), .postDeleted(let id): return Self.data(of: id)
        case .counters(let posts): return Self.data(of: posts)
        case .readMarker(let data): return data
        case .notification(let id, let kind):
            var json = JSONWriter(capacity: 80)
            json.raw("{\"notification_id\":")
            json.id(id)
            json.raw(",\"kind\":")
            json.string(kind.name)
            json.raw("}")
            return json.bytes
        case .reset: return Array("{}".utf8)
        }
    }

    private static func data(of post: ID<Post>, sharer: ID<Account>? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 80)
        json.raw("{\"post_id\":")
        json.id(post.rawValue)
        if let sharer {
            json.raw(",\"sharer_id\":")
            json.id(sharer.rawValue)
        }
        json.raw("}")
        return json.bytes
    }

    private static func data(of posts: [PostCounts]) -> [UInt8] {
        var json = JSONWriter(capacity: 128 * posts.count)
        json.raw("{\"posts\":[")
        for (index, counts) in posts.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{\"post_id\":")
            json.id(counts.post.rawValue)
            json.raw(",\"likes_count\":")
            json.integer(counts.likes)
            json.raw(",\"comments_count\":")
            json.integer(counts.comments)
            json.raw(",\"shares_count\":")
            json.integer(counts.shares)
            json.raw("}")
        }
        json.raw("]}")
        return json.bytes
    }

    /// The posts it tells of.
    var posts: [ID<Post>] {
        switch self {
        case .postNew(let id, _), .postUpdated(let id), .postDeleted(let id): [id]
        case .counters(let posts): posts.map(\.post)
        case .notification, .readMarker, .reset: []
        }
    }

    /// Who brought the post.
    var sharer: ID<Account>? {
        if case .postNew(_, let sharer) = self { sharer } else { nil }
    }
}

/// How often a post was liked, answered and shared.
package struct PostCounts: Hashable, Sendable {
    package let post: ID<Post>
    package let likes: Int64
    package let comments: Int64
    package let shares: Int64

    package init(post: ID<Post>, likes: Int64 = 0, comments: Int64 = 0, shares: Int64 = 0) {
        self.post = post
        self.likes = likes
        self.comments = comments
        self.shares = shares
    }
}

/// The name of an event: which stretch of events it belongs to, and its number among those of one account.
///
/// A stretch is that of one process from its start on; ids of two stretches say nothing about each other.
package struct StreamEventID: Hashable, Sendable, CustomStringConvertible {
    package let epoch: UInt64
    package let sequence: UInt64

    package init(epoch: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// - Returns: nil for a text that no server gave.
    package init?(_ text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(parts[0], radix: 16), let sequence = UInt64(parts[1]) else {
            return nil
        }
        self.init(epoch: epoch, sequence: sequence)
    }

    package var description: String { "\(String(epoch, radix: 16))-\(sequence)" }
}
