import Accounts
import Core
import SQL

// Drafts and scheduled posts, which are their authors' alone.
extension PostService {
    /// Keeps a draft, or schedules a post.
    /// - Parameter time: when to publish it, in milliseconds since 1970; nil for a draft.
    /// - Throws: `PostsError.invalid` for a time that is not ahead, or too far, and, where it is scheduled, as `publish` would
    ///   by now; `.limitReached`.
    package func plan(
        _ draft: PostDraft, at time: Int64?, author: ID<Account>, noting note: CommandNote? = nil
    ) async throws -> PlannedPost {
        try await check(draft, at: time, author: author)
        let id: ID<PlannedPost> = try await ids.next(bucket: author.bucket)
        let now = clock.now()
        let kind: PlannedPost.Kind = time == nil ? .draft : .scheduled
        try await database.write { store in
            guard try PlannedRows.count(of: author, kind, store) < Limits.plannedPostsMax else {
                throw PostsError.limitReached("An account can have at most \(Limits.plannedPostsMax) of these.")
            }
            try PlannedRows.insert(draft, at: time, id: id, of: author, now: now, store)
            try note?.write(id.rawValue, store)
        }
        return try await planned(id, kind, of: author)
    }

    /// Puts something else in the place of a planned post. One that failed waits anew.
    /// - Throws: `PostsError.notFound` for one that is not there, and as `plan`.
    package func replacePlanned(
        _ id: ID<PlannedPost>, with draft: PostDraft, at time: Int64?, author: ID<Account>
    ) async throws -> PlannedPost {
        let kind: PlannedPost.Kind = time == nil ? .draft : .scheduled
        _ = try await planned(id, kind, of: author)
        try await check(draft, at: time, author: author)
        let now = clock.now()
        try await database.write { store in
            guard try PlannedRows.replace(id, of: author, with: draft, at: time, now: now, store) else {
                throw PostsError.notFound
            }
        }
        return try await planned(id, kind, of: author)
    }

    /// - Throws: `PostsError.notFound` for one that is not there.
    package func deletePlanned(_ id: ID<PlannedPost>, _ kind: PlannedPost.Kind, author: ID<Account>) async throws {
        let now = clock.now()
        let isDeleted = try await database.write { try PlannedRows.delete(id, of: author, kind, now: now, $0) }
        if !isDeleted { throw PostsError.notFound }
    }

    /// - Throws: `PostsError.notFound` for one that is not there.
    package func planned(
        _ id: ID<PlannedPost>, _ kind: PlannedPost.Kind, of author: ID<Account>
    ) async throws -> PlannedPost {
        guard let found = try await database.read({ try PlannedRows.find(id, of: author, kind, $0) }) else {
            throw PostsError.notFound
        }
        return found
    }

    /// A page of one's drafts or scheduled posts, the newest first.
    package func planned(
        _ kind: PlannedPost.Kind, of author: ID<Account>, before: Int64?, limit: Int
    ) async throws -> (posts: [PlannedPost], next: Int64?) {
        let rows = try await database.read {
            try PlannedRows.page(of: author, kind, before: before ?? .max, limit: limit + 1, $0)
        }
        let page = Array(rows.prefix(limit))
        return (page, rows.count > limit ? page.last?.id.rawValue : nil)
    }

    /// Publishes a draft now, and once: it is gone with the transaction that makes the post.
    /// - Throws: `PostsError.notFound` for one that is not there (any more), and as `publish`.
    package func publishDraft(
        _ id: ID<PlannedPost>, author: ID<Account>, noting note: CommandNote? = nil
    ) async throws -> Shown {
        let draft = try await planned(id, .draft, of: author)
        do { return try await publish(draft, noting: note) } catch is PlannedRows.Stale { throw PostsError.notFound }
    }

    /// - Throws: `PlannedRows.Stale` where it was changed or published meanwhile, and as `publish`.
    func publish(_ planned: PlannedPost, noting note: CommandNote? = nil) async throws -> Shown {
        let now = clock.now()
        let outcome = { @Sendable (post: ID<Post>) in
            CommandOutcome.statement(of: planned.id.rawValue, planned.author, is: post.rawValue, now: now)
        }
        // The note first: who publishes a draft twice under one key has published it.
        return try await publish(
            planned.draft, author: planned.author,
            with: Self.companions(note) + [{ _ in PlannedRows.take(planned) }, outcome])
    }

    /// A planned post as a repeated command finds it: as it is, or, where it was published meanwhile, as it was asked for.
    /// - Parameters:
    ///   - draft: what the command says.
    ///   - time: the same.
    /// - Returns: with it the post that it has become; nil while it waits.
    /// - Throws: `PostsError.notFound` where there is neither.
    package func planned(
        _ id: ID<PlannedPost>, of author: ID<Account>, askedFor draft: PostDraft, at time: Int64?
    ) async throws -> (planned: PlannedPost, post: ID<Post>?) {
        let kind: PlannedPost.Kind = time == nil ? .draft : .scheduled
        let (found, outcome) = try await database.read { store in
            (
                try PlannedRows.find(id, of: author, kind, store),
                try CommandOutcome.find(of: id.rawValue, author, store)
            )
        }
        if let found { return (found, nil) }
        guard let outcome else { throw PostsError.notFound }
        let post = ID<Post>(outcome)
        // It may be gone by now.
        _ = try await self.post(post, viewer: author)
        let madeAt = Snowflake(rawValue: id.rawValue).unixMilliseconds
        let planned = PlannedPost(
            id: id, author: author, draft: draft, scheduledAt: time, failure: nil, createdAt: madeAt, updatedAt: madeAt,
            version: 0)
        return (planned, post)
    }

    private func check(_ draft: PostDraft, at time: Int64?, author: ID<Account>) async throws {
        guard let time else { return }
        let now = clock.now()
        guard time > now, time <= now + Limits.scheduleAheadMilliseconds else {
            throw PostsError.invalid("scheduled_at", "scheduled_at must lie ahead, and no more than a year.")
        }
        _ = try await parent(of: draft, author: author)
        _ = try await quoted(by: draft, author: author)
    }
}
