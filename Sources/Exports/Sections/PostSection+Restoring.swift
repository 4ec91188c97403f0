import Core
import Posts
import SQL

/// A comment comes back only below the account's own post, and a quote only of its own or of one that is not here: what
/// concerns other people's posts cannot be taken from an archive's word.
extension PostSection {
    private struct Parent {
        let author: Int64
        let root: Int64
        let depth: Int64
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let checked = try Checked(item, restoring)
        var parent: Parent?
        if let answered = item.replyTo {
            parent = try self.parent(answered, restoring)
            if parent == nil { return .kept }
        }
        if let quoted = item.quoteOf, try isOthers(quoted, restoring) { return .kept }
        try insert(item, checked, below: parent, in: restoring)
        try MentionRows.insert([PostEntities(item.content).names], of: [item.post.id()], restoring.store)
        guard item.state == PostState.published.rawValue else { return .restored }
        let quote = item.quoteOf.map {
            Quote(post: $0.post.id(), author: $0.author.id(), position: Position($0.position.value))
        }
        try list(item, quote, restoring.store)
        if checked.visibility == .everyone {
            restoring.countPost(item.post.value, isReply: parent != nil, isQuote: quote != nil)
        }
        return .restored
    }

    /// An item that could have been written here.
    private struct Checked {
        let visibility: Visibility
        let comments: CommentPolicy
        let sharing: SharePolicy

        init(_ item: Item, _ restoring: Restoring) throws {
            let bucket = restoring.account.bucket
            for id in [item.post, item.position] {
                try restoring.requirePast(id.value)
                guard Snowflake(rawValue: id.value).bucket == bucket else {
                    throw ArchiveError("a post is not where its author's posts are")
                }
            }
            guard let visibility = Visibility(name: item.visibility),
                let comments = CommentPolicy(name: item.comments), let sharing = SharePolicy(name: item.sharing),
                let state = PostState(rawValue: item.state), state != .deleted, (1...1_000_000).contains(item.version),
                item.history.count <= Limits.postRevisionsMax,
                item.history.allSatisfy({ $0.version < item.version && Visibility(name: $0.visibility) != nil })
            else { throw ArchiveError("a post is not as it must be") }
            for text in [item.content] + item.history.map(\.content) where state == .published || !text.isEmpty {
                _ = try PostContent(text)
            }
            self.visibility = visibility
            self.comments = comments
            self.sharing = sharing
        }
    }

    private func parent(_ answered: Item.Answered, _ restoring: Restoring) throws -> Parent? {
        let found: Parent? = try row(answered.post.id(), restoring.store)
        guard let found, found.author == restoring.account.rawValue, found.depth < Limits.replyDepthMax,
            let root: Parent = try row(ID(found.root), restoring.store), root.author == restoring.account.rawValue
        else { return nil }
        return found
    }

    private func row(_ id: ID<Post>, _ store: any SQLReader) throws -> Parent? {
        try store.first(
            "SELECT author_id, coalesce(root_id, id), depth FROM posts WHERE id = $1 AND bucket = $2",
            [.integer(id.rawValue), .integer(Int64(id.bucket))]
        ) { Parent(author: $0.int64(0), root: $0.int64(1), depth: $0.int64(2)) }
    }

    private func isOthers(_ quoted: Item.Quoted, _ restoring: Restoring) throws -> Bool {
        try restoring.requirePast(quoted.post.value)
        return try row(quoted.post.id(), restoring.store).map { $0.author != restoring.account.rawValue } ?? false
    }

    private func insert(_ item: Item, _ checked: Checked, below parent: Parent?, in restoring: Restoring) throws {
        try restoring.store.execute(
            """
            INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, reply_to, reply_to_author,
                root_id, depth, version, created_at, edited_at, comment_policy, share_policy, quote_of, quote_author,
                quote_position)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
            [
                .integer(item.post.value), .integer(Int64(restoring.account.bucket)),
                .integer(restoring.account.rawValue), .integer(item.position.value), .integer(item.state),
                .integer(checked.visibility.rawValue), .text(item.content), .integer(item.replyTo?.post.value),
                .integer(parent?.author), .integer(parent?.root), .integer(parent.map { $0.depth + 1 } ?? 0),
                .integer(item.version), .integer(item.createdAt.milliseconds),
                .integer(item.editedAt?.milliseconds), .integer(checked.comments.rawValue),
                .integer(checked.sharing.rawValue), .integer(item.quoteOf?.post.value),
                .integer(item.quoteOf?.author.value), .integer(item.quoteOf?.position.value),
            ])
        if item.state == PostState.published.rawValue {
            try TagRows.insert(
                of: item.content, at: item.position.value, author: restoring.account, visibility: checked.visibility,
                restoring.store)
        }
        for version in item.history {
            try restoring.store.execute(
                """
                INSERT INTO post_revisions (post_id, version, content, visibility, written_at)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    .integer(item.post.value), .integer(version.version), .text(version.content),
                    .integer((Visibility(name: version.visibility) ?? .author).rawValue),
                    .integer(version.writtenAt.milliseconds),
                ])
        }
    }

    /// With what it answers and quotes.
    private func list(_ item: Item, _ quote: Quote?, _ store: any SQLWriter) throws {
        for (table, post) in [("replies", item.replyTo?.post), ("quotes", item.quoteOf?.post)] {
            guard let post else { continue }
            try store.execute(
                "INSERT INTO \(table) (bucket, post_id, position) VALUES ($1, $2, $3)",
                [
                    .integer(Int64(post.id(Post.self).bucket)), .integer(post.value), .integer(item.position.value),
                ])
        }
    }
}
