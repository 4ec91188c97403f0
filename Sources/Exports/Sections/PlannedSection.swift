import Accounts
import Core
import Posts
import SQL

/// The account's drafts, or its scheduled posts.
struct PlannedSection: ExportSection {
    struct Item: Codable, Sendable {
        struct Poll: Codable, Sendable {
            let options: [String]
            /// In seconds.
            let expiresIn: Int64
            let multiple: Bool
            let hideTotals: Bool
        }

        /// Of a draft.
        let draftId: ExportedID?
        /// Of a scheduled post.
        let scheduledId: ExportedID?
        let content: String
        let visibility: String
        let sharePolicy: String
        let replyTo: ExportedID?
        let quoteOf: ExportedID?
        let poll: Poll?
        let scheduledAt: ExportedTime?
        let failure: String?
        let createdAt: ExportedTime
        let updatedAt: ExportedTime
    }

    let name: String
    let tables = ["planned_posts"]
    /// A draft can have 20 KB.
    let pageSize = 50
    private let kind: PlannedPost.Kind

    init(_ kind: PlannedPost.Kind) {
        self.kind = kind
        name = kind == .draft ? "drafts" : "scheduled"
    }

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT planned_id, content, visibility, share_policy, reply_to, quote_of, poll_options, poll_multiple,
                poll_hides_totals, poll_seconds, scheduled_at, failure, created_at, updated_at FROM planned_posts
            WHERE account_id = $1 AND planned_id > $2 AND kind = $4 ORDER BY planned_id LIMIT $3
            """,
            [.integer(account.rawValue), .integer(key), .integer(Int64(limit)), .integer(kind.rawValue)]
        ) { ($0.int64(0), item($0)) }
    }

    private func item(_ row: any SQLRow) -> Item {
        let poll = row.optionalText(6).map { options in
            Item.Poll(
                options: options.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
                expiresIn: row.int64(9), multiple: row.flag(7), hideTotals: row.flag(8))
        }
        let failure = row.optionalInt64(11).flatMap { PlannedPost.Failure(rawValue: $0) }
        return Item(
            draftId: kind == .draft ? row.exportedID(0) : nil,
            scheduledId: kind == .scheduled ? row.exportedID(0) : nil, content: row.text(1),
            visibility: (Visibility(rawValue: row.int64(2)) ?? .author).name,
            sharePolicy: (SharePolicy(rawValue: row.int64(3)) ?? .nobody).name,
            replyTo: row.optionalExportedID(4), quoteOf: row.optionalExportedID(5), poll: poll,
            scheduledAt: row.optionalTime(10), failure: failure?.name, createdAt: row.time(12),
            updatedAt: row.time(13))
    }

    func key(of item: Item) -> Int64? { id(of: item)?.value }

    private func id(of item: Item) -> ExportedID? { kind == .draft ? item.draftId : item.scheduledId }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let isScheduled = kind == .scheduled
        guard let id = id(of: item), (item.scheduledId != nil) == isScheduled, (item.draftId == nil) == isScheduled,
            (item.scheduledAt != nil) == isScheduled, isScheduled || item.failure == nil
        else { throw ArchiveError("it is not as an item of \(name) must be") }
        try restoring.requirePast(id.value)
        try restoring.requirePast(item.createdAt, named: "created_at")
        try restoring.requirePast(item.updatedAt, named: "updated_at")
        let failure = PlannedPost.Failure.allCases.first { $0.name == item.failure }
        guard item.failure == nil || failure != nil else { throw ArchiveError("failure is not as it must be") }
        try RestoredPlannedPost(
            id: id.id(), draft: draft(item), scheduledAt: item.scheduledAt?.milliseconds, failure: failure,
            createdAt: item.createdAt.milliseconds, updatedAt: item.updatedAt.milliseconds
        ).insert(of: restoring.account, now: restoring.now, restoring.store)
        return .restored
    }

    private func draft(_ item: Item) throws -> PostDraft {
        guard let visibility = Visibility(name: item.visibility) else {
            throw ArchiveError("visibility is not as it must be")
        }
        guard let sharePolicy = SharePolicy(name: item.sharePolicy) else {
            throw ArchiveError("share_policy is not as it must be")
        }
        var draft = PostDraft(
            content: try PostContent(item.content), visibility: visibility, replyTo: item.replyTo?.id())
        draft.sharePolicy = sharePolicy
        draft.quoteOf = item.quoteOf?.id()
        draft.poll = try item.poll.map {
            try PollDraft(
                options: $0.options, isMultiple: $0.multiple, hidesTotals: $0.hideTotals, seconds: $0.expiresIn,
                isRestored: true)
        }
        return draft
    }
}
