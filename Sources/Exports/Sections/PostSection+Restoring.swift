import Core
import EventLog
import Posts
import SQL

/// A comment comes back below a post that is here and that the account may comment on, a quote of a post that is here where the
/// account may share it. A quote of a post that is not here comes back as one of a deleted post looks; a comment without the
/// post that it answers has no place, and is kept.
extension PostSection {
    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let checked = try CheckedPost(item, restoring)
        var parent: ArchiveTarget?
        if let answered = item.replyTo {
            guard let found = try restoring.target(answered.postId), found.author == answered.userId.id(),
                try found.mayBeAnswered(by: restoring.account, restoring.store)
            else { return .kept }
            parent = found
        }
        guard try mayQuote(item.quoteOf, restoring) else { return .kept }
        try insert(item, checked, below: parent, in: restoring)
        try MentionRows.insert([PostEntities(item.content).names], of: [item.postId.id()], restoring.store)
        guard checked.state == .published else { return .restored }
        try list(item, restoring.store)
        if checked.visibility == .everyone {
            restoring.countPost(item.postId.value, isReply: parent != nil, isQuote: item.quoteOf != nil)
        }
        return .restored
    }

    private func mayQuote(_ quoted: Other?, _ restoring: Restoring) throws -> Bool {
        guard let quoted else { return true }
        try restoring.requirePast(quoted.postId.value)
        guard let found = try restoring.target(quoted.postId) else {
            return try !ArchiveTarget.isHere(quoted.postId.id(), restoring.store)
        }
        return found.mayBeShared && found.author == quoted.userId.id() && found.position == quoted.place.value
    }

    private func insert(
        _ item: Item, _ checked: CheckedPost, below parent: ArchiveTarget?, in restoring: Restoring
    ) throws {
        let store = restoring.store
        try store.execute(
            """
            INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, reply_to, reply_to_author,
                root_id, depth, version, created_at, edited_at, comment_policy, share_policy, quote_of, quote_author,
                quote_position, has_poll)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
            """,
            [
                item.postId.sql, .integer(Int64(restoring.account.bucket)), .integer(restoring.account.rawValue),
                item.place.sql, .integer(checked.state.rawValue), .integer(checked.visibility.rawValue),
                .text(item.content), .integer(parent?.id.rawValue), .integer(parent?.author.rawValue),
                .integer(parent?.root.rawValue), .integer(parent.map { Int64($0.depth) + 1 } ?? 0),
                .integer(item.version), .integer(item.createdAt.milliseconds), .integer(item.editedAt?.milliseconds),
                .integer(checked.comments.rawValue), .integer(checked.sharing.rawValue),
                .integer(item.quoteOf?.postId.value), .integer(item.quoteOf?.userId.value),
                .integer(item.quoteOf?.place.value), .flag(checked.poll != nil),
            ])
        try checked.poll?.insert(
            for: item.postId.id(), of: restoring.account, at: item.place.value, now: restoring.now, store)
        if checked.state == .published {
            try TagRows.insert(
                of: item.content, at: item.place.value, author: restoring.account, visibility: checked.visibility, store
            )
        }
        for version in item.history {
            try store.execute(
                """
                INSERT INTO post_revisions (post_id, version, content, visibility, written_at)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    item.postId.sql, .integer(version.version), .text(version.content),
                    .integer((Visibility(name: version.visibility) ?? .author).rawValue),
                    .integer(version.writtenAt.milliseconds),
                ])
        }
    }

    /// With what it answers and quotes.
    private func list(_ item: Item, _ store: any SQLWriter) throws {
        for (table, post) in [("replies", item.replyTo?.postId), ("quotes", item.quoteOf?.postId)] {
            guard let post else { continue }
            try store.execute(
                "INSERT INTO \(table) (bucket, post_id, position) VALUES ($1, $2, $3)",
                [.integer(Int64(post.id(Post.self).bucket)), post.sql, item.place.sql])
        }
    }
}

extension PostSection.Other {
    fileprivate var place: ExportedID { position ?? postId }

    fileprivate var quote: Quote {
        Quote(post: postId.id(), author: userId.id(), position: Position(place.value))
    }
}
