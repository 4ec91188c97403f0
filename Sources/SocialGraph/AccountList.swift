import Accounts
import Core

/// A named list of accounts that its owner follows, with a feed of its own; for nobody else to see.
package struct AccountList: Hashable, Sendable {
    package let id: ID<AccountList>
    package var title: String
    /// Whether what its members post and share is left out of the owner's home feed.
    package var isExclusive: Bool
    package var replies: ListedReplies
    package var membersCount: Int64 = 0
}

/// What becomes of a list; what is nil stays.
package struct ListChanges: Sendable {
    package var title: String?
    package var isExclusive: Bool?
    package var replies: ListedReplies?

    package init(title: String? = nil, isExclusive: Bool? = nil, replies: ListedReplies? = nil) {
        self.title = title
        self.isExclusive = isExclusive
        self.replies = replies
    }
}

/// Which of its members' replies a list shows, besides those to themselves and to its owner. Raw values are stored: never
/// reuse one.
package enum ListedReplies: Int64, CaseIterable, Sendable {
    /// Those to accounts that the owner follows, as in the home feed.
    case followed = 0
    case members = 1
    case none = 2

    package var name: String {
        switch self {
        case .followed: "followed"
        case .members: "members"
        case .none: "none"
        }
    }

    package init?(name: String) {
        guard let replies = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = replies
    }
}

/// What makes up the feed of a list. A class, because many entries are held against it.
package final class ListScope: Sendable {
    package let members: SortedIDs
    private let replies: ListedReplies

    package init(members: [Int64], replies: ListedReplies) {
        self.members = SortedIDs(members)
        self.replies = replies
    }

    /// Whether the feed shows what a member wrote in reply to `other`.
    package func shows(replyTo other: ID<Account>, by member: ID<Account>, _ relations: Relations) -> Bool {
        if other == member || other == relations.viewer { return true }
        return switch replies {
        case .followed: relations.follows(other)
        case .members: members.contains(other)
        case .none: false
        }
    }
}

extension Limits {
    package static let listsMax = 50
    package static let listMembersMax = 500
    package static let listMembersAtOnceMax = 100
    package static let listTitleCharactersMax = 100
    /// So many bytes have no more than a hundred characters that anybody writes.
    package static let listTitleBytesMax = 2_500
}
