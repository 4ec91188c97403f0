import Posts

/// Everything that an archive has, in the order in which it can come back.
///
/// A feature that keeps something of accounts adds a section here, or says below why it has none; a table in neither fails
/// the tests.
package enum ExportSections {
    package static let all: [any ExportSection] =
        [
            ProfileSection(), PostSection(), RepostSection(), ReactionSection(), VoteSection(), BookmarkSection(),
            PinSection(),
        ]
        + AccountListSection.all
        + [
            ListSection(), ListMemberSection(), MutedWordSection(), FollowedTagSection(), PlannedSection(.draft),
            PlannedSection(.scheduled), FeedbackSection(), ViewSection(), MarkerSection(), NotificationSection(),
            SessionSection(),
        ]

    /// Tables with rows of accounts that are in no section, and why.
    package static let leftOut: [String: String] = [
        "username_skeletons": "follow from the username",
        "refresh_tokens": "secrets of the server's",
        "viewer_marks": "follow from reactions, reposts and bookmarks",
        "post_shares": "the other side of reposts",
        "mentions": "those in the account's posts are in their texts; the others are in posts of others",
        "post_tags": "follow from the texts of the account's posts",
        "notification_groups": "follow from the notifications",
        "idempotency_keys": "gone within a day",
        "pulled_authors": "how posts are delivered",
        "exports": "the archive itself",
        "archive_imports": "how far an import came",
        "archive_items": "kept from an archive, they go out with the section they are of",
    ]

    static func named(_ name: String) -> (any ExportSection)? {
        all.first { $0.name == name }
    }
}
