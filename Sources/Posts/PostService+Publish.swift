import Accounts
import Core
import EventLog
import SQL

/// What a client sends to be posted.
package struct PostDraft: Sendable {
    package let content: PostContent
    package let visibility: Visibility
    package let replyTo: ID<Post>?
    /// Who may repost and quote it.
    package var sharePolicy = SharePolicy.everyone
    /// The post it quotes.
    package var quoteOf: ID<Post>?
    package var poll: PollDraft?

    package init(content: PostContent, visibility: Visibility = .everyone, replyTo: ID<Post>? = nil) {
        self.content = content
        self.visibility = visibility
        self.replyTo = replyTo
    }
}

extension PostService {
    /// Publishes a post: on disk, with its event, when this returns.
    /// - Throws: `PostsError.invalid` where the post replied to or quoted is not there for this author, or is nested too deep;
    ///   `PostsError.commentsClosed` and `PostsError.sharingClosed` where its author does not let this one.
    package func publish(
        _ draft: PostDraft, author: ID<Account>, noting note: CommandNote? = nil
    ) async throws -> Shown {
        try await publish(draft, author: author, with: Self.companions(note))
    }

    /// - Parameter companions: statements for the same transaction, given the new post's id.
    func publish(
        _ draft: PostDraft, author: ID<Account>, with companions: [@Sendable (ID<Post>) -> Statement]
    ) async throws -> Shown {
        let parent = try await parent(of: draft, author: author)
        let quoted = try await quoted(by: draft, author: author)
        let known = directory.cached(author)
        let card = if let known { known } else { try await directory.card(author) }
        guard let authorCard = card else { throw PostsError.notFound }
        let id: ID<Post> = try await ids.next(bucket: author.bucket)
        var post = newPost(id, draft, author: author, parent: parent)
        post.quote = quoted?.quote
        let poll = draft.poll.map { Poll($0, createdAt: post.createdAt) }
        post.hasPoll = poll != nil
        var entities = PostEntities(draft.content.text)
        let names = entities.names
        if !names.isEmpty { entities.accounts = try await database.read { try MentionRows.accounts(named: names, $0) } }
        let postCard = PostCard(post, content: draft.content.text, entities: entities, poll: poll)
        library.announce(postCard)
        // Found only where the commit did not announce it.
        defer { library.withdraw(post.position) }
        do {
            _ = try await database.commit(
                statements(for: post, draft, entities, poll) + companions.map { $0(post.id) },
                announcing: changes(of: post))
        } catch let error as PostsError where error == .commentsClosed {
            // Or what it answers was deleted since it was looked at.
            _ = try await self.parent(of: draft, author: author)
            throw error
        }
        return Shown(card: postCard, author: authorCard, quote: quoted?.shown)
    }

    /// What a command writes besides the post it makes.
    static func companions(_ note: CommandNote?) -> [@Sendable (ID<Post>) -> Statement] {
        guard let note else { return [] }
        return [{ note.statement($0.rawValue) }]
    }

    private func statements(
        for post: Post, _ draft: PostDraft, _ entities: PostEntities, _ poll: Poll?
    ) -> [Statement] {
        let event = Event(
            .postPublished, key: post.author.rawValue, subject: post.id.rawValue,
            object: post.replyToAuthor?.rawValue ?? 0, position: post.position.rawValue,
            flags: PostFlags(visibility: post.visibility).rawValue, list: post.quote?.list ?? [],
            occurredAt: post.createdAt)
        var statements = [PostWrites.insert(post, content: draft.content.text)]
        if let parent = post.replyTo, let root = post.rootID {
            statements.append(ReplyRows.insert(post, to: parent, root: root))
        }
        if !entities.accounts.isEmpty {
            statements.append(MentionRows.insert(Array(entities.accounts.values), of: post.id))
        }
        if let quote = post.quote { statements.append(QuoteRows.insert(post, of: quote)) }
        if let poll { statements.append(PollRows.insert(poll, of: post)) }
        return statements + TagRows.insert(entities.tags, of: post) + [Outbox.append(event)]
    }

    private func changes(of post: Post) -> [Change] {
        [
            .published(post: post.id.rawValue, author: post.author.rawValue, position: post.position.rawValue),
            .eventsAppended,
        ]
    }

    func parent(of draft: PostDraft, author: ID<Account>) async throws -> Post? {
        guard let replyTo = draft.replyTo else { return nil }
        do {
            let parent = try await post(replyTo, viewer: author).card.post
            guard parent.depth < Limits.replyDepthMax else {
                throw PostsError.invalid("reply_to", "Replies nest at most \(Limits.replyDepthMax) deep.")
            }
            try await requireOpenThread(at: parent, to: author)
            return parent
        } catch let error as PostsError where error.code == .notFound {
            throw PostsError.invalid("reply_to", "reply_to names no post that you can see.")
        }
    }

    private func newPost(_ id: ID<Post>, _ draft: PostDraft, author: ID<Account>, parent: Post?) -> Post {
        Post(
            id: id, author: author, position: Position(id.rawValue), visibility: draft.visibility,
            replyTo: parent?.id, replyToAuthor: parent?.author, rootID: parent.map { $0.rootID ?? $0.id },
            depth: parent.map { $0.depth + 1 } ?? 0, version: 1, createdAt: clock.now(), editedAt: nil,
            sharePolicy: draft.sharePolicy)
    }
}
