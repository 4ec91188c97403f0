import Core

/// Names the entity of user ids.
package typealias User = Account

/// Whether an account takes part.
package enum AccountState: Int64, Sendable {
    case active = 0
    case suspended = 1
    case deleted = 2
}

/// What visibility rests on.
package struct AccountStanding: Sendable, Hashable {
    package let id: ID<Account>
    package let isActive: Bool
    package let isPrivate: Bool
}

/// One account as others see it, with its counters. E-mail and password stay in the store.
package struct Account: Sendable {
    package let id: ID<Account>
    /// 2 to 30 of `[a-z0-9_]`, unique for ever.
    package let username: String
    package let displayName: String
    package let bio: String
    package let avatarURL: String?
    package let isVerified: Bool
    package let isPrivate: Bool
    package let state: AccountState
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package var followersCount: Int64
    package var followingCount: Int64
    package var postsCount: Int64

    package var isActive: Bool { state == .active }

    package var standing: AccountStanding {
        AccountStanding(id: id, isActive: isActive, isPrivate: isPrivate)
    }
}
