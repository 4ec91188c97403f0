import Accounts
import Core

/// A post that is not there yet: kept for later, or to be published at a time.
package struct PlannedPost: Sendable {
    /// Which list it is on. Raw values are stored.
    package enum Kind: Int64, Sendable {
        case draft = 0
        case scheduled = 1
    }

    /// Why a scheduled post was not published at its time. Raw values are stored.
    package enum Failure: Int64, Sendable, CaseIterable {
        case replyUnavailable = 1
        case quoteUnavailable = 2
        case commentsClosed = 3
        case sharingClosed = 4
        case accountInactive = 5
        case refused = 6

        /// As the API spells it.
        package var name: String {
            switch self {
            case .replyUnavailable: "reply_unavailable"
            case .quoteUnavailable: "quote_unavailable"
            case .commentsClosed: "comments_closed"
            case .sharingClosed: "sharing_closed"
            case .accountInactive: "account_inactive"
            case .refused: "refused"
            }
        }

        /// - Returns: nil for what may be otherwise in a moment.
        init?(_ error: any Error) {
            switch error {
            case let error as PostsError:
                self =
                    switch error.code {
                    case .invalid("reply_to"): .replyUnavailable
                    case .invalid("quote_of"): .quoteUnavailable
                    case .commentsClosed: .commentsClosed
                    case .sharingClosed: .sharingClosed
                    default: .refused
                    }
            case is AccountsError: self = .accountInactive
            default: return nil
            }
        }
    }

    package let id: ID<PlannedPost>
    package let author: ID<Account>
    package let draft: PostDraft
    /// When it is to be published, in milliseconds since 1970; nil for drafts.
    package let scheduledAt: Int64?
    /// Set where its time came and it could not be published.
    package let failure: Failure?
    package let createdAt: Int64
    package let updatedAt: Int64
    /// Grows with every change, so that what is published is what was read.
    let version: Int64

    package var kind: Kind { scheduledAt == nil ? .draft : .scheduled }
}

extension Limits {
    /// Drafts that an account has, and scheduled posts.
    package static let plannedPostsMax = 100
    /// How far ahead a post may be scheduled.
    package static let scheduleAheadMilliseconds: Int64 = 366 * 86_400_000
    package static let publishingPause: Duration = .seconds(1)
    /// Scheduled posts that are looked at in one go.
    package static let plannedPostsAtOnce = 50
}
