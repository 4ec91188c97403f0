/// What an account is told of. Raw values are stored: never reuse one.
///
/// A kind is made by a `NotificationSource`; the rest of what tells it from others is here.
package enum NotificationKind: Int64, CaseIterable, Sendable {
    case follow = 1
    case followRequest = 2
    case mention = 3
    case comment = 4
    case reaction = 5
    case repost = 6
    case quote = 7
    case pollEnded = 8
    case postRejected = 9

    package var name: String {
        switch self {
        case .follow: "follow"
        case .followRequest: "follow_request"
        case .mention: "mention"
        case .comment: "comment"
        case .reaction: "reaction"
        case .repost: "repost"
        case .quote: "quote"
        case .pollEnded: "poll_ended"
        case .postRejected: "post_rejected"
        }
    }

    package init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// What a group is about.
    enum Subject {
        /// A day, on which accounts did something that has nothing to do with a post.
        case day
        /// A post, which is shown with it.
        case post
        /// A post of the recipient's that is not published.
        case unpublishedPost
    }

    var subject: Subject {
        switch self {
        case .follow, .followRequest: .day
        case .postRejected: .unpublishedPost
        default: .post
        }
    }

    package var isAboutPost: Bool { subject != .day }

    /// Whether it may come of what the recipient did.
    var mayBeOwn: Bool { self == .pollEnded || self == .postRejected }

    /// Whether a fact of this kind is told by a post of the actor's, another than the one the group is about.
    package var isToldByPost: Bool { self == .comment || self == .quote }
}
