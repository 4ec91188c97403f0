import Core
import Posts

/// What an item of an archive says of a post that somebody could have written here.
struct CheckedPost {
    let state: PostState
    let visibility: Visibility
    let comments: CommentPolicy
    let sharing: SharePolicy
    let poll: RestoredPoll?

    /// - Throws: `ArchiveError` that names the member that is wrong, `PostsError` for texts.
    init(_ item: PostSection.Item, _ restoring: Restoring) throws {
        for (name, id) in [("post_id", item.postId), ("position", item.place)] {
            try restoring.requirePast(id.value)
            guard Snowflake(rawValue: id.value).bucket == restoring.account.bucket else {
                throw ArchiveError("\(name) is not one of this account's")
            }
        }
        state = try Self.named("state", PostState(name: item.state))
        visibility = try Self.named("visibility", Visibility(name: item.visibility))
        comments = try Self.named("comments", CommentPolicy(name: item.comments))
        sharing = try Self.named("share_policy", SharePolicy(name: item.sharePolicy))
        poll = try item.poll.map {
            try RestoredPoll(
                options: $0.options, isMultiple: $0.multiple, hidesTotals: $0.hideTotals,
                closesAt: $0.expiresAt.milliseconds)
        }
        try restoring.requirePast(item.createdAt, named: "created_at")
        try restoring.requirePast(item.editedAt, named: "edited_at")
        if let poll, !Limits.pollSeconds.contains((poll.closesAt - item.createdAt.milliseconds) / 1_000) {
            throw ArchiveError("expires_at is not as it must be")
        }
        guard (1...1_000_000).contains(item.version) else { throw ArchiveError("version is not as it must be") }
        try Self.check(item.history, below: item.version)
        // What is held back or taken down may have no text left.
        for text in [item.content] + item.history.map(\.content) where state == .published || !text.isEmpty {
            _ = try PostContent(text)
        }
    }

    private static func named<Value>(_ member: String, _ value: Value?) throws -> Value {
        guard let value else { throw ArchiveError("\(member) is not as it must be") }
        return value
    }

    private static func check(_ history: [PostSection.Version], below version: Int64) throws {
        let numbers = history.map(\.version)
        guard history.count <= Limits.postRevisionsMax, zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }),
            numbers.first ?? 1 > 0, numbers.last ?? 0 < version,
            history.allSatisfy({ Visibility(name: $0.visibility) != nil })
        else { throw ArchiveError("history is not as it must be") }
    }
}
