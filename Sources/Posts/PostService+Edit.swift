import Accounts
import Core
import EventLog
import SQL

/// A version of a post's text.
package struct PostRevision: Sendable {
    package let version: Int64
    package let content: String
    package let visibility: Visibility
    /// When this version was written, in milliseconds since 1970.
    package let writtenAt: Int64
}

extension PostService {
    /// Replaces the text (and visibility) of one's own post; the old version stays in the history. Of versions there are so
    /// many at most; after that the last can still be shown to fewer.
    /// - Parameter sharePolicy: who may repost and quote it from now on; nil leaves it. What was shared stays.
    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own; `PostsError.commentsClosed` where a
    ///   comment would reach more people and its author may not comment there any more.
    package func edit(
        _ id: ID<Post>, content: PostContent, visibility: Visibility?, sharePolicy: SharePolicy? = nil,
        viewer: ID<Account>
    ) async throws -> Shown {
        let now = clock.now()
        let entities = PostEntities(content.text)
        let thread = try await threadToOpen(id, to: visibility, viewer: viewer)
        try await database.write { store in
            guard let old = try Self.ownPost(id, viewer, store) else { throw PostsError.notFound }
            if let thread, try !ReplyRows.isOpen(thread, to: viewer, store) { throw PostsError.commentsClosed }
            if let sharePolicy, sharePolicy != old.sharePolicy {
                try Self.set("share_policy", to: sharePolicy.rawValue, of: id, store)
                store.announce(.post(id.rawValue, author: viewer.rawValue, position: old.position))
            }
            let visibility = visibility ?? old.visibility
            // Strings are equal when they look equal; here every byte counts.
            let isSameText = content.text.utf8.elementsEqual(old.content.utf8)
            guard !isSameText || visibility != old.visibility else { return }
            if old.version < Limits.postRevisionsMax {
                try Self.replace(old, of: id, with: content, visibility, now: now, store)
            } else {
                // Whoever wants fewer to see it is not kept from that.
                guard isSameText, visibility.narrows(old.visibility) else {
                    throw PostsError.limitReached("A post can be edited at most \(Limits.postRevisionsMax - 1) times.")
                }
                try Self.set("visibility", to: visibility.rawValue, of: id, store)
            }
            try MentionRows.replace(entities, of: id, store)
            try TagRows.delete(of: old.content, at: old.position, store)
            let tags = TagRows.insert(entities.tags, at: old.position, author: viewer, visibility: visibility)
            for insert in tags { try store.execute(insert.sql, insert.arguments) }
            try Outbox.append(
                Event(
                    .postEdited, key: viewer.rawValue, subject: id.rawValue, object: old.replyToAuthor,
                    position: old.position,
                    flags: PostFlags(visibility: visibility, previously: old.visibility).rawValue,
                    list: old.quote?.list ?? [], occurredAt: now), in: store)
            store.announce(.post(id.rawValue, author: viewer.rawValue, position: old.position))
        }
        return try await post(id, viewer: viewer)
    }

    /// The root of the thread in which an edit would show a comment to more people.
    private func threadToOpen(
        _ id: ID<Post>, to visibility: Visibility?, viewer: ID<Account>
    ) async throws -> ID<Post>? {
        guard let visibility, let post = try await library.card(id)?.post, post.author == viewer,
            let root = post.rootID, visibility.opens(from: post.visibility)
        else { return nil }
        try await requireOpenThread(at: post, to: viewer)
        return root
    }

    /// Deletes one's own post: its text and history are gone, a tombstone stays.
    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own.
    package func delete(_ id: ID<Post>, viewer: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            guard let old = try Self.ownPost(id, viewer, orRemoved: true, store) else { throw PostsError.notFound }
            try PostDeletion.delete(id, author: viewer, old, now: now, store)
        }
    }

    /// The versions of a post that this viewer may see, newest first. A version is shown to those who could see it when
    /// it was current, so that opening a post does not open its past.
    package func history(_ id: ID<Post>, viewer: ID<Account>?) async throws -> [PostRevision] {
        let shown = try await post(id, viewer: viewer)
        let relations = try await relations(of: viewer)
        let revisions = try await database.read { try Self.revisions(of: id, $0) }
        return revisions.filter {
            PostVisibility.admits($0.visibility, author: shown.author.standing, relations: relations)
        }
    }

    struct Stored: Sendable {
        let content: String
        let visibility: Visibility
        let version: Int64
        let position: Int64
        let replyTo: ID<Post>?
        let replyToAuthor: Int64
        let writtenAt: Int64
        let isRemoved: Bool
        let sharePolicy: SharePolicy
        let quote: Quote?
    }

    /// - Parameter orRemoved: whether one counts that was removed.
    static func ownPost(
        _ id: ID<Post>, _ author: ID<Account>, orRemoved: Bool = false, _ store: any SQLReader
    ) throws -> Stored? {
        try store.first(
            """
            SELECT content, visibility, version, position, reply_to, reply_to_author,
                coalesce(edited_at, created_at), state, share_policy, quote_of,
                quote_author, quote_position
            FROM posts WHERE id = $1 AND bucket = $2 AND author_id = $3 AND state IN (3, \(orRemoved ? 4 : 3))
            """, [.integer(id.rawValue), .integer(Int64(id.bucket)), .integer(author.rawValue)]
        ) { row in
            Stored(
                content: row.text(0), visibility: Visibility(rawValue: row.int64(1)) ?? .author,
                version: row.int64(2), position: row.int64(3), replyTo: row.optionalInt64(4).map { ID($0) },
                replyToAuthor: row.int64(5), writtenAt: row.int64(6),
                isRemoved: row.int64(7) == PostState.removed.rawValue,
                sharePolicy: SharePolicy(rawValue: row.int64(8)) ?? .nobody, quote: PostQueries.quote(row, at: 9))
        }
    }

    private static func set(
        _ column: String, to value: Int64, of id: ID<Post>, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "UPDATE posts SET \(column) = $1 WHERE id = $2 AND bucket = $3",
            [.integer(value), .integer(id.rawValue), .integer(Int64(id.bucket))])
    }

    private static func replace(
        _ old: Stored, of id: ID<Post>, with content: PostContent, _ visibility: Visibility, now: Int64,
        _ store: any SQLWriter
    ) throws {
        try store.execute(
            """
            INSERT INTO post_revisions (post_id, version, content, visibility, written_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(id.rawValue), .integer(old.version), .text(old.content),
                .integer(old.visibility.rawValue), .integer(old.writtenAt),
            ])
        try store.execute(
            """
            UPDATE posts SET content = $1, visibility = $2, version = version + 1, edited_at = $3
            WHERE id = $4 AND bucket = $5
            """,
            [
                .text(content.text), .integer(visibility.rawValue), .integer(now), .integer(id.rawValue),
                .integer(Int64(id.bucket)),
            ])
    }

    private static func revisions(of id: ID<Post>, _ store: any SQLReader) throws -> [PostRevision] {
        try store.query(
            """
            SELECT version, content, visibility, coalesce(edited_at, created_at) FROM posts
            WHERE id = $1 AND bucket = $2 AND state = 3
            UNION ALL SELECT version, content, visibility, written_at FROM post_revisions WHERE post_id = $1
            ORDER BY 1 DESC
            """, [.integer(id.rawValue), .integer(Int64(id.bucket))]
        ) { row in
            PostRevision(
                version: row.int64(0), content: row.text(1), visibility: Visibility(rawValue: row.int64(2)) ?? .author,
                writtenAt: row.int64(3))
        }
    }
}
