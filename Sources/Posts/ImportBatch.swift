import Accounts
import Core
import EventLog
import SQL

/// A batch of an import inside its transaction: writes the rows, and at its end one event of each kind for all of them.
struct ImportBatch {
    struct Entry: Sendable {
        let post: ImportedPost
        let id: ID<Post>
        /// For a post of the target's that may have to be made up.
        let original: ID<Post>?
    }

    /// How long before the first to share or answer it a made-up post was written.
    private static let originalLead: Int64 = 60_000

    private let store: any SQLWriter
    private let targets: ImportTargets
    private(set) var counts = ImportedCounts()
    private var written: [(id: ID<Post>, names: [String])] = []
    private var postsByAuthor: [Int64: Int64] = [:]
    private var replies: [Int64] = []
    private var shares: [ImportTarget: Int64] = [:]

    init(of entries: [Entry], _ store: any SQLWriter) throws {
        self.store = store
        targets = try ImportTargets(entries.map(\.post), store)
    }

    mutating func write(_ entry: Entry) throws {
        let post = entry.post
        switch post.kind {
        case .post, .mention: try insert(post, as: entry.id, answering: nil)
        case .repost:
            guard let target = try target(of: entry) else { return }
            try share(target, as: entry)
        case .reply: try insert(post, as: entry.id, answering: try target(of: entry))
        }
    }

    /// What the entry reposts or answers. Nil where the target is not for everyone: a repost is left out then, and a reply
    /// becomes a post by itself.
    private mutating func target(of entry: Entry) throws -> ImportTarget? {
        guard let account = entry.post.target, let original = entry.original,
            targets.mayMeet(entry.post.author, account)
        else { return nil }
        if let found = try targets.newest(before: entry.post, of: account, store) { return found }
        let madeUp = ImportedPost(
            author: account, content: entry.post.original, writtenAt: entry.post.writtenAt - Self.originalLead)
        return try insert(madeUp, as: original, answering: nil)
    }

    @discardableResult
    private mutating func insert(
        _ post: ImportedPost, as id: ID<Post>, answering parent: ImportTarget?
    ) throws -> ImportTarget {
        let new = ImportTarget(
            id: id, author: post.author, position: try place(of: post, seed: id.rawValue),
            root: parent.map { $0.root ?? $0.id }, depth: parent.map { $0.depth + 1 } ?? 0)
        try store.execute(
            """
            INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at, reply_to,
                reply_to_author, root_id, depth) VALUES ($1, $2, $3, $4, 3, 0, $5, $6, $7, $8, $9, $10)
            """,
            [
                .integer(id.rawValue), .integer(Int64(id.bucket)), .integer(post.author.rawValue),
                .integer(new.position), .text(post.content), .integer(post.writtenAt),
                .integer(parent?.id.rawValue), .integer(parent?.author.rawValue), .integer(new.root?.rawValue),
                .integer(Int64(new.depth)),
            ])
        let entities = PostEntities(post.content)
        let tags = TagRows.insert(entities.tags, at: new.position, author: post.author, visibility: .everyone)
        for tag in tags { try store.execute(tag.sql, tag.arguments) }
        counts.posts += 1
        postsByAuthor[post.author.rawValue, default: 0] += 1
        written.append((id, entities.names))
        if let parent { try list(new, below: parent) }
        return new
    }

    private mutating func list(_ reply: ImportTarget, below parent: ImportTarget) throws {
        try store.execute(
            "INSERT INTO replies (bucket, post_id, position) VALUES ($1, $2, $3)",
            [.integer(Int64(parent.id.bucket)), .integer(parent.id.rawValue), .integer(reply.position)])
        counts.comments += 1
        replies.append(reply.id.rawValue)
    }

    private mutating func share(_ target: ImportTarget, as entry: Entry) throws {
        let sharer = entry.post.author
        let row = ID<RepostRow>(try place(of: entry.post, seed: entry.id.rawValue))
        try store.execute(
            "INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(row.rawValue), .integer(Int64(sharer.bucket)), .integer(sharer.rawValue),
                .integer(target.id.rawValue), .integer(entry.post.writtenAt),
            ])
        let shared = ViewerFlags.Field.shared
        let statements =
            [ShareWrites.list(target.id, by: sharer, row: row)]
            + MarkQueries.set(shared, to: shared.mask, of: target.id, by: sharer)
        for statement in statements { try store.execute(statement.sql, statement.arguments) }
        counts.reposts += 1
        shares[target, default: 0] += 1
    }

    /// Traces have times in seconds, so many activities share one; each takes the next free place from its time on: those of
    /// a millisecond first, all in the author's bucket, then those of the next.
    private func place(of post: ImportedPost, seed: Int64) throws -> Int64 {
        let bucket = post.author.bucket
        let earliest = max(post.writtenAt, Snowflake.epochMilliseconds)
        let start = Int(Bucket.mixed(UInt64(bitPattern: seed)) & 0xFFF)
        var attempt = 0
        while true {
            let place = Snowflake(
                unixMilliseconds: earliest + Int64(attempt >> 12), bucket: bucket, low: start + attempt & 0xFFF
            ).rawValue
            let taken = try store.integer(
                """
                SELECT count(*) FROM (SELECT 1 FROM posts WHERE position = $1 AND bucket = $2
                    UNION ALL SELECT 1 FROM reposts WHERE position = $1 AND bucket = $2) AS taken
                """, [.integer(place), .integer(Int64(bucket))])
            if taken == 0 { return place }
            attempt += 1
        }
    }

    /// Writes what concerns all entries at once.
    func close(now: Int64) throws {
        try MentionRows.insert(written.map(\.names), of: written.map(\.id), store)
        try tell(.postsImported, postsByAuthor.flatMap { [$0.key, $0.value] }, now)
        try tell(.repliesImported, replies, now)
        try tell(.sharesImported, shares.flatMap { [$0.key.id.rawValue, $0.key.position, $0.value] }, now)
        if counts != ImportedCounts() { store.announce(.bulk) }
    }

    private func tell(_ kind: EventKind, _ list: [Int64], _ now: Int64) throws {
        guard !list.isEmpty else { return }
        try Outbox.append(Event(kind, key: 0, subject: 0, list: list, occurredAt: now), in: store)
    }
}
