import Accounts
import Core
import Synchronization
import Telemetry

/// A post as answers need it: its facts, and its JSON encoded once, to be spliced around the author and the counters.
package final class PostCard: Sendable {
    package let post: Post
    package let likes: Int64
    package let comments: Int64
    package let shares: Int64
    package let quotes: Int64
    /// Whether anyone may have shared it: who did is to be asked of the reposts.
    package let isShared: Bool
    /// Whether a viewer's own facts suffice to show it: it answers and quotes nothing, and nobody shared it.
    package let isPlain: Bool
    package let poll: Poll?
    private let pollJSON: PollJSON?
    /// The JSON before and behind the author.
    private let opening: FrozenBytes
    private let rest: FrozenBytes
    private let foldedOnce = AtomicLazyReference<FoldedCard>()
    /// Where the counters begin in it.
    private let countersStart: Int

    /// - Parameter entities: of the content, with the accounts that are mentioned; left out, it mentions nobody.
    package init(
        _ post: Post, content: String, entities: PostEntities? = nil, likes: Int64 = 0, comments: Int64 = 0,
        shares: Int64 = 0, quotes: Int64 = 0, isShared: Bool = false, poll: Poll? = nil
    ) {
        self.post = post
        self.likes = likes
        self.comments = comments
        self.shares = shares
        self.quotes = quotes
        self.isShared = isShared
        self.poll = poll
        pollJSON = poll.map(PollJSON.init)
        isPlain = !isShared && post.quote == nil && post.rootID == nil
        var writer = JSONWriter(capacity: 64)
        writer.raw("{\"post_id\":")
        writer.id(post.id.rawValue)
        writer.raw(",\"author\":")
        opening = FrozenBytes(writer.bytes)
        writer = JSONWriter(capacity: content.utf8.count + 320)
        Self.writeBody(post, content, entities ?? PostEntities(content), to: &writer)
        countersStart = writer.bytes.count
        Self.writeCounters(likes: likes, comments: comments, shares: shares, quotes: quotes, to: &writer)
        rest = FrozenBytes(writer.bytes)
    }

    /// The same post with as many reactions.
    init(_ card: PostCard, likes: Int64) {
        post = card.post
        self.likes = likes
        comments = card.comments
        shares = card.shares
        quotes = card.quotes
        isShared = card.isShared
        isPlain = card.isPlain
        poll = card.poll
        pollJSON = card.pollJSON
        opening = FrozenBytes(copying: card.opening)
        countersStart = card.countersStart
        var writer = JSONWriter(capacity: card.rest.count + 20)
        card.rest.withUnsafeBytes { writer.raw($0.prefix(card.countersStart)) }
        Self.writeCounters(likes: likes, comments: comments, shares: shares, quotes: quotes, to: &writer)
        rest = FrozenBytes(writer.bytes)
        if let folded = card.folded { _ = foldedOnce.storeIfNil(folded) }
    }

    private static func writeCounters(
        likes: Int64, comments: Int64, shares: Int64, quotes: Int64, to writer: inout JSONWriter
    ) {
        writer.raw(",\"likes_count\":")
        writer.integer(likes)
        writer.raw(",\"comments_count\":")
        writer.integer(comments)
        writer.raw(",\"shares_count\":")
        writer.integer(shares)
        writer.raw(",\"quotes_count\":")
        writer.integer(quotes)
        writer.raw(",\"viewer\":")
    }

    /// The text, read back from its JSON: few readers need it, and the card holds it once.
    package var content: String {
        rest.withUnsafeBytes {
            JSONString.text(UnsafeRawBufferPointer(rebasing: $0.dropFirst(Self.contentStart.utf8CodeUnitCount)))
        }
    }

    /// The texts as muted phrases see them, if that was asked for before.
    var folded: FoldedCard? { foldedOnce.load() }

    func fold() -> FoldedCard { folded ?? foldedOnce.storeIfNil(FoldedCard(self)) }

    private static let contentStart: StaticString = ",\"content\":\""

    /// About the bytes this card keeps in memory.
    package var cost: Int { byteCount + 256 }

    /// The most bytes that `write` lays, but for the author.
    package var byteCount: Int {
        opening.count + rest.count + ViewerFlags.byteCountMax + (pollJSON?.byteCount ?? 0) + 1
    }

    /// The most bytes that `writeComment` lays beyond those of `write`.
    package static let commentBytesMax = 40

    /// Lays the whole post.
    package func write(author: AccountCard, viewer: ViewerFlags, to splicer: inout ByteSplicer) {
        splicer.append(opening)
        writeRest(author: author, viewer: viewer, to: &splicer)
        splicer.append(UInt8(ascii: "}"))
    }

    /// Lays the whole post with all that goes with it.
    func write(_ shown: borrowing PostService.Shown, asComment: Bool = false, to splicer: inout ByteSplicer) {
        if asComment {
            // The post, with its id under a comment's name first.
            splicer.append("{\"comment_id\":\"" as StaticString)
            splicer.append(post.id.description)
            splicer.append("\"," as StaticString)
            opening.withUnsafeBytes { splicer.append(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) }
        } else {
            splicer.append(opening)
        }
        writeRest(author: shown.author, viewer: shown.flags, to: &splicer)
        shown.sharedBy?.write(to: &splicer)
        if post.quote != nil { Self.write(shown.quote, to: &splicer) }
        splicer.append(UInt8(ascii: "}"))
    }

    /// A quoted post is shown without what it quotes itself.
    private static func write(_ quote: ShownQuote?, to splicer: inout ByteSplicer) {
        splicer.append(",\"quoted_post\":" as StaticString)
        guard let quote else { return splicer.append("{\"unavailable\":true}" as StaticString) }
        quote.card.write(author: quote.author, viewer: quote.flags, to: &splicer)
    }

    private func writeRest(author: AccountCard, viewer: ViewerFlags, to splicer: inout ByteSplicer) {
        splicer.append(author.authorJSON)
        splicer.append(rest)
        viewer.write(to: &splicer)
        pollJSON?.write(choices: viewer.choices, to: &splicer)
    }

    private static func writeBody(
        _ post: Post, _ content: String, _ entities: PostEntities, to writer: inout JSONWriter
    ) {
        // Begins as `contentStart` says.
        writer.raw(",\"content\":")
        writer.string(content)
        writer.raw(",\"content_type\":\"text/plain\",\"entities\":")
        entities.write(to: &writer)
        writer.raw(",\"media\":[],\"visibility\":")
        writer.string(post.visibility.name)
        writer.raw(",\"share_policy\":")
        writer.string(post.sharePolicy.name)
        writer.raw(",\"reply_to\":")
        writer.id(post.replyTo?.rawValue)
        writer.raw(",\"quote_of\":")
        writer.id(post.quote?.post.rawValue)
        writer.raw(",\"created_at\":")
        writer.string(Timestamp.string(post.createdAt))
        writer.raw(",\"edited_at\":")
        writer.string(post.editedAt.map(Timestamp.string))
        // A comment is governed by the post at the root of its thread.
        writer.raw(",\"settings\":")
        guard post.replyTo == nil else { return writer.raw("null") }
        writer.raw("{\"comments\":")
        writer.string(post.commentPolicy.name)
        writer.raw("}")
    }
}
