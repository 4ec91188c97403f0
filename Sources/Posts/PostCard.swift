import Accounts
import Core
import Telemetry

/// A post as answers need it: its facts, and its JSON encoded once, to be spliced around the author and the counters.
package final class PostCard: Sendable {
    package let post: Post
    package let likes: Int64
    package let comments: Int64
    package let shares: Int64
    /// The JSON before and behind the author.
    private let opening: FrozenBytes
    private let rest: FrozenBytes

    package init(_ post: Post, content: String, likes: Int64 = 0, comments: Int64 = 0, shares: Int64 = 0) {
        self.post = post
        self.likes = likes
        self.comments = comments
        self.shares = shares
        var writer = JSONWriter(capacity: 64)
        writer.raw("{\"post_id\":")
        writer.id(post.id.rawValue)
        writer.raw(",\"author\":")
        opening = FrozenBytes(writer.bytes)
        writer = JSONWriter(capacity: content.utf8.count + 320)
        Self.writeBody(post, content, to: &writer)
        writer.raw(",\"likes_count\":")
        writer.integer(likes)
        writer.raw(",\"comments_count\":")
        writer.integer(comments)
        writer.raw(",\"shares_count\":")
        writer.integer(shares)
        writer.raw(",\"viewer\":")
        rest = FrozenBytes(writer.bytes)
    }

    /// About the bytes this card keeps in memory.
    package var cost: Int { byteCount + 256 }

    /// The most bytes that `write` lays, but for the author.
    package var byteCount: Int { opening.count + rest.count + ViewerFlags.byteCountMax + 1 }

    /// Lays the whole post.
    package func write(author: AccountCard, viewer: ViewerFlags, to splicer: inout ByteSplicer) {
        splicer.append(opening)
        splicer.append(author.authorJSON)
        splicer.append(rest)
        viewer.write(to: &splicer)
        splicer.append(UInt8(ascii: "}"))
    }

    private static func writeBody(_ post: Post, _ content: String, to writer: inout JSONWriter) {
        writer.raw(",\"content\":")
        writer.string(content)
        writer.raw(",\"content_type\":\"text/plain\",\"media\":[],\"visibility\":")
        writer.string(post.visibility.name)
        writer.raw(",\"reply_to\":")
        writer.id(post.replyTo?.rawValue)
        writer.raw(",\"created_at\":")
        writer.string(Timestamp.string(post.createdAt))
        writer.raw(",\"edited_at\":")
        writer.string(post.editedAt.map(Timestamp.string))
    }
}
