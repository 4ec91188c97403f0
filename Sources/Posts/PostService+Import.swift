import Accounts
import Core
import EventLog
import SQL

/// What an activity of an imported trace was. Raw values are stored; the social layer makes real reposts, mentions and
/// replies of them.
package enum ImportedKind: Int64, Sendable {
    case post = 0
    case repost = 1
    case mention = 2
    case reply = 3
}

/// A post from elsewhere, with its time.
package struct ImportedPost: Sendable {
    package let author: ID<Account>
    package let content: String
    /// When it was written there, in milliseconds since 1970; its place in feeds.
    package let writtenAt: Int64
    package let kind: ImportedKind
    /// The account it reposts, mentions or answers.
    package let target: ID<Account>?

    package init(
        author: ID<Account>, content: String, writtenAt: Int64, kind: ImportedKind = .post,
        target: ID<Account>? = nil
    ) {
        self.author = author
        self.content = content
        self.writtenAt = writtenAt
        self.kind = kind
        self.target = target
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

extension PostService {
    /// Brings in posts with the place that their time gives them, and moves the checkpoint, in one transaction.
    ///
    /// Does nothing where the checkpoint is already there, so a batch may be sent again.
    /// - Returns: how many were added.
    /// - Throws: `PostsError.invalid` for text that no one could post.
    package func importPosts(_ posts: [ImportedPost], checkpoint: ImportCheckpoint) async throws -> Int {
        var rows: [(id: ID<Post>, post: ImportedPost)] = []
        for post in posts {
            _ = try PostContent(post.content)
            rows.append((try await ids.next(bucket: post.author.bucket), post))
        }
        let prepared = rows
        let names = posts.map { PostEntities($0.content).names }
        let now = clock.now()
        return try await database.write { store in
            guard try Self.linesImported(from: checkpoint.source, store) < checkpoint.linesDone else { return 0 }
            var counts: [Int64: Int64] = [:]
            for (id, post) in prepared {
                try Self.insert(id, post, store)
                counts[post.author.rawValue, default: 0] += 1
            }
            try MentionRows.insert(names, of: prepared.map(\.id), store)
            try Self.save(checkpoint, now: now, store)
            guard !counts.isEmpty else { return 0 }
            let list = counts.flatMap { [$0.key, $0.value] }
            try Outbox.append(Event(.postsImported, key: 0, subject: 0, list: list, occurredAt: now), in: store)
            store.announce(.bulk)
            return prepared.count
        }
    }

    /// Lines of this source that were imported before.
    package func linesImported(from source: String) async throws -> Int64 {
        try await database.read { try Self.linesImported(from: source, $0) }
    }

    private static func linesImported(from source: String, _ store: any SQLReader) throws -> Int64 {
        try store.integer("SELECT lines_done FROM import_progress WHERE source = $1", [.text(source)])
    }

    private static func save(_ checkpoint: ImportCheckpoint, now: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO import_progress (source, lines_done, updated_at) VALUES ($1, $2, $3)
            ON CONFLICT (source) DO UPDATE SET lines_done = excluded.lines_done, updated_at = excluded.updated_at
            """, [.text(checkpoint.source), .integer(checkpoint.linesDone), .integer(now)])
    }

    /// Traces have times in seconds, so many activities share one; each takes the next free place from its time on.
    private static func insert(_ id: ID<Post>, _ post: ImportedPost, _ store: any SQLWriter) throws {
        let start = Int(Bucket.mixed(UInt64(bitPattern: id.rawValue)) & 0xFFF)
        var attempt = 0
        while try store.execute(
            """
            INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at, source_kind,
                source_account)
            VALUES ($1, $2, $3, $4, 3, 0, $5, $6, $7, $8) ON CONFLICT (position, bucket) DO NOTHING
            """,
            [
                .integer(id.rawValue), .integer(Int64(id.bucket)), .integer(post.author.rawValue),
                .integer(place(of: post, start: start, attempt: attempt)), .text(post.content),
                .integer(post.writtenAt), post.kind == .post ? .null : .integer(post.kind.rawValue),
                .integer(post.target?.rawValue),
            ]) == 0
        {
            attempt += 1
        }
    }

    /// The places of a millisecond first, all in the author's bucket, then those of the next.
    private static func place(of post: ImportedPost, start: Int, attempt: Int) -> Int64 {
        Snowflake(
            unixMilliseconds: post.writtenAt + Int64(attempt >> 12), bucket: post.author.bucket,
            low: start + attempt & 0xFFF
        ).rawValue
    }
}
