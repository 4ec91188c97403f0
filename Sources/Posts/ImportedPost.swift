import Accounts
import Core

/// What an entry of an import is. Raw values travel over the admin socket.
package enum ImportedKind: Int64, Sendable {
    case post = 0
    /// A repost of the target's newest post before it.
    case repost = 1
    /// A post that names the target.
    case mention = 2
    /// A comment on the target's newest post before it.
    case reply = 3
}

/// A post from elsewhere, or what somebody did with one, with its time.
package struct ImportedPost: Sendable {
    package let author: ID<Account>
    /// Nobody's for a repost.
    package let content: String
    /// When it was written there, in milliseconds since 1970; its place in feeds.
    package let writtenAt: Int64
    package let kind: ImportedKind
    /// The account it reposts, mentions or answers.
    package let target: ID<Account>?
    /// What the target is made to have written, where there is nothing of theirs to repost or answer.
    package let original: String

    /// Past all that ids can tell.
    private static let timeMax: Int64 = 1 << 43

    package init(
        author: ID<Account>, content: String, writtenAt: Int64, kind: ImportedKind = .post,
        target: ID<Account>? = nil, original: String = ""
    ) {
        self.author = author
        self.content = content
        self.writtenAt = writtenAt
        self.kind = kind
        self.target = target
        self.original = original
    }

    /// - Throws: `PostsError.invalid` for text that no one could post, and a time that no clock shows.
    func validate() throws {
        guard (0..<Self.timeMax).contains(writtenAt) else {
            throw PostsError.invalid("writtenAt", "A post cannot be of this time.")
        }
        if kind != .repost { _ = try PostContent(content) }
        if kind == .repost || kind == .reply { _ = try PostContent(original) }
    }
}

/// How far an import has come in one source, kept in the transaction of what it brought.
package struct ImportCheckpoint: Sendable {
    /// Names the source by its content, such as a digest of the file.
    package let source: String
    package let linesDone: Int64

    package init(source: String, linesDone: Int64) {
        self.source = source
        self.linesDone = linesDone
    }
}

/// What an import added.
package struct ImportedCounts: Hashable, Codable, Sendable {
    /// Comments among them, and posts made up for others to share or answer.
    package var posts = 0
    package var comments = 0
    package var reposts = 0

    package init(posts: Int = 0, comments: Int = 0, reposts: Int = 0) {
        self.posts = posts
        self.comments = comments
        self.reposts = reposts
    }

    package static func += (counts: inout Self, more: Self) {
        counts.posts += more.posts
        counts.comments += more.comments
        counts.reposts += more.reposts
    }
}
