import Accounts
import Core
import SQL

/// A draft or scheduled post that comes back with an archive.
package struct RestoredPlannedPost: Sendable {
    package let id: ID<PlannedPost>
    package let draft: PostDraft
    /// Milliseconds since 1970; nil for drafts.
    package let scheduledAt: Int64?
    package let failure: PlannedPost.Failure?
    package let createdAt: Int64
    package let updatedAt: Int64

    package init(
        id: ID<PlannedPost>, draft: PostDraft, scheduledAt: Int64?, failure: PlannedPost.Failure?, createdAt: Int64,
        updatedAt: Int64
    ) {
        self.id = id
        self.draft = draft
        self.scheduledAt = scheduledAt
        self.failure = failure
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// One whose time came while its author's account was not here is not published after the fact: it stays, and says why.
    /// - Throws: `PostsError`: `invalid` for a time that is too far ahead, `limitReached`.
    package func insert(of author: ID<Account>, now: Int64, _ store: any SQLWriter) throws {
        guard scheduledAt ?? 0 <= now + Limits.scheduleAheadMilliseconds else {
            throw PostsError.invalid("scheduled_at", "scheduled_at must lie no more than a year ahead.")
        }
        let kind: PlannedPost.Kind = scheduledAt == nil ? .draft : .scheduled
        guard try PlannedRows.count(of: author, kind, store) < Limits.plannedPostsMax else {
            throw PostsError.limitReached("An account can have at most \(Limits.plannedPostsMax) of these.")
        }
        try PlannedRows.insert(draft, at: scheduledAt, id: id, of: author, now: createdAt, store)
        let wasMissed = scheduledAt.map { $0 <= now } ?? false
        let failure = failure ?? (wasMissed ? .accountInactive : nil)
        try store.execute(
            """
            UPDATE planned_posts SET updated_at = $3, state = $4, failure = $5
            WHERE account_id = $1 AND planned_id = $2
            """,
            [
                .integer(author.rawValue), .integer(id.rawValue), .integer(updatedAt),
                .integer(failure == nil ? 0 : 1), .integer(failure?.rawValue),
            ])
    }
}
