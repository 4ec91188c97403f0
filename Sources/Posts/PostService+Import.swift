import Accounts
import Core
import EventLog
import SQL

extension PostService {
    /// Brings in posts, comments and reposts with the place that their time gives them, and moves the checkpoint, in one
    /// transaction. Nobody is told of them.
    ///
    /// Does nothing where the checkpoint is already there, so a batch may be sent again.
    /// - Returns: what was added.
    /// - Throws: `PostsError.invalid` for text that no one could post.
    @discardableResult
    package func importPosts(
        _ posts: [ImportedPost], checkpoint: ImportCheckpoint
    ) async throws -> ImportedCounts {
        var prepared: [ImportBatch.Entry] = []
        for post in posts {
            try post.validate()
            prepared.append(
                .init(
                    post: post, id: try await ids.next(bucket: post.author.bucket),
                    original: try await idOfOriginal(for: post)))
        }
        let entries = prepared
        let now = clock.now()
        return try await database.writeMuch { store in
            guard try Self.linesImported(from: checkpoint.source, store) < checkpoint.linesDone else {
                return ImportedCounts()
            }
            var batch = try ImportBatch(of: entries, store)
            for entry in entries { try batch.write(entry) }
            try batch.close(now: now)
            try Self.save(checkpoint, now: now, store)
            return batch.counts
        }
    }

    private func idOfOriginal(for post: ImportedPost) async throws -> ID<Post>? {
        guard let target = post.target, post.kind == .repost || post.kind == .reply else { return nil }
        return try await ids.next(bucket: target.bucket)
    }

    /// Lines of this source that were imported before.
    package func linesImported(from source: String) async throws -> Int64 {
        try await database.read { try Self.linesImported(from: source, $0) }
    }

    package static func linesImported(from source: String, _ store: any SQLReader) throws -> Int64 {
        try store.integer("SELECT lines_done FROM import_progress WHERE source = $1", [.text(source)])
    }

    package static func save(_ checkpoint: ImportCheckpoint, now: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO import_progress (source, lines_done, updated_at) VALUES ($1, $2, $3)
            ON CONFLICT (source) DO UPDATE SET lines_done = excluded.lines_done, updated_at = excluded.updated_at
            """, [.text(checkpoint.source), .integer(checkpoint.linesDone), .integer(now)])
    }
}
