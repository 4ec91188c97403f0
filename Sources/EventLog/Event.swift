/// The streams of the event log. Raw values are stored.
package enum Topic: Int64, Sendable, CaseIterable {
    case posts = 1
    case graph = 2
    case accounts = 3
    case engagement = 4
    case notifications = 5

    package var name: String {
        switch self {
        case .posts: "post-events"
        case .graph: "graph-events"
        case .accounts: "account-events"
        case .engagement: "engagement-events"
        case .notifications: "notification-events"
        }
    }
}

/// What happened. Raw values are stored: never reuse one.
package enum EventKind: Int64, Sendable, CaseIterable {
    case postPublished = 1
    case postEdited = 2
    case postDeleted = 3
    /// Of an import: authors, each with how many posts came, comments among them.
    case postsImported = 4
    /// A repost: the subject is the post, the object its author, the list the post's position; the position is the repost's.
    case shared = 10
    case unshared = 11
    /// A vote: the flags are the choices, one bit each.
    case voted = 14
    case unvoted = 15
    /// A poll's end: the list is of voters who hear of it, or empty, where its author does.
    case pollClosed = 16
    /// A scheduled post was not published at its time: the subject is its id, the flags the reason.
    case postRejected = 17
    /// One that was not published is gone, or waits anew.
    case postRejectionEnded = 18
    /// Of an import: the ids of comments.
    case repliesImported = 80
    /// Of an import: posts, each with its position and how many reposts came.
    case sharesImported = 81
    /// Of former imports: posts, each with its position and how many quotes came. Nothing writes or reads it any more.
    case quotesImported = 82
    /// Of an import: the ids of posts that quote.
    case quotingImported = 92
    /// Of an import: posts, each with its position and the reaction that came.
    case reactionsImported = 83
    /// Of an import: posts, each with its position and the choices of a vote that came, one bit each.
    case votesImported = 84

    case followed = 20
    case unfollowed = 21
    case unmuted = 22
    case followsImported = 23
    case blocked = 24
    case muted = 25
    case followRequested = 26
    case followRequestEnded = 27
    /// Somebody wants to read again what a word of theirs hid.
    case wordsUnmuted = 28
    /// An exclusive list lets accounts back into its owner's home feed.
    case listOpened = 64
    /// The key is the friend, whose feed may have more from now on.
    case closeFriendAdded = 90

    case accountRegistered = 40
    case accountUpdated = 41
    case accountSuspended = 42
    case accountReinstated = 43
    case accountDeleted = 44
    case accountsImported = 45

    case reacted = 60
    case unreacted = 61
    /// Posts that were seen: the list has each with 1 where the viewer had not seen it before, else 0.
    case viewed = 91

    /// Of the account that is told, the notification and who caused it; the flags are the kind, the list what it is about and
    /// the post that tells it. Whoever delivers notifications outside of the app reads these.
    case notified = 70

    package var topic: Topic {
        switch self {
        case .postPublished, .postEdited, .postDeleted, .postsImported, .shared, .unshared, .repliesImported,
            .sharesImported, .voted, .unvoted, .pollClosed, .quotesImported, .quotingImported, .votesImported,
            .postRejected, .postRejectionEnded:
            .posts
        case .followed, .unfollowed, .unmuted, .followsImported, .blocked, .muted, .followRequested,
            .followRequestEnded, .closeFriendAdded, .wordsUnmuted, .listOpened:
            .graph
        case .accountRegistered, .accountUpdated, .accountSuspended, .accountReinstated, .accountDeleted,
            .accountsImported:
            .accounts
        case .reacted, .unreacted, .viewed, .reactionsImported: .engagement
        case .notified: .notifications
        }
    }
}

/// A fact of the outbox: ids, versions and kinds, never text or personal data, so that deletion and retention do not
/// fight.
package struct Event: Hashable, Sendable {
    /// The commit-ordered place in the log; 0 until appended.
    package var offset: Int64
    package let kind: EventKind
    /// Events of one key are handled in order: the author of a post, the follower of a follow, the account itself.
    package let key: Int64
    /// The post, followee or account the event is about.
    package let subject: Int64
    /// A second party, such as the author replied to; 0 where there is none.
    package let object: Int64
    /// The feed position of the post; 0 for other events.
    package let position: Int64
    /// Small facts of the kind, such as the visibility of a post.
    package let flags: Int64
    /// For kinds that stand for many facts at once: their ids, laid out as the kind defines.
    package let list: [Int64]
    /// Milliseconds since 1970.
    package let occurredAt: Int64

    package init(
        _ kind: EventKind, key: Int64, subject: Int64, object: Int64 = 0, position: Int64 = 0, flags: Int64 = 0,
        list: [Int64] = [], occurredAt: Int64, offset: Int64 = 0
    ) {
        self.offset = offset
        self.kind = kind
        self.key = key
        self.subject = subject
        self.object = object
        self.position = position
        self.flags = flags
        self.list = list
        self.occurredAt = occurredAt
    }
}
