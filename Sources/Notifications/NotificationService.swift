import Accounts
import Core
import Engagement
import Posts
import SQL
import SocialGraph

/// What somebody, or many together, did that concerns the viewer.
package struct NotificationGroup: Sendable {
    /// That of the newest fact; grows when something is added.
    package let id: Int64
    package let kind: NotificationKind
    /// What it is about, where that is a post.
    package let postID: ID<Post>?
    /// For scheduled posts that were not published.
    package let rejection: Rejection?
    /// The newest actors first, no more than `Limits.notificationActorsShown`.
    package let actors: [AccountCard]
    package let actorsCount: Int64
    /// Of the newest fact, for reactions.
    package let reaction: Reaction?
    /// The post it is about: the viewer's own, or the one that mentions.
    package let post: PostService.Shown?
    /// The newest comment or quote, where one is to be seen.
    package let latest: PostService.Shown?
    /// Of the newest that the viewer may see: what is hidden is no news.
    package let isRead: Bool

    /// Which scheduled post was not published, and why.
    package struct Rejection: Sendable {
        package let scheduledID: ID<PlannedPost>
        package let failure: PlannedPost.Failure
    }

    /// Of the newest fact, in milliseconds since 1970.
    package var tellsOf: Int64 { Snowflake(rawValue: id).unixMilliseconds }
}

/// Reads notifications. Whatever became hidden since they were written is left out.
package struct NotificationService: Sendable {
    let database: any Database
    let directory: AccountDirectory
    let relations: RelationsCache
    let posts: PostService
    let markers: MarkerService

    package init(
        database: any Database, directory: AccountDirectory, relations: RelationsCache, posts: PostService,
        markers: MarkerService
    ) {
        self.database = database
        self.directory = directory
        self.relations = relations
        self.posts = posts
        self.markers = markers
    }

    package struct Page: Sendable {
        package let groups: [NotificationGroup]
        /// No more than `Limits.unreadNotificationsMax`.
        package let unreadCount: Int
        package let next: Int64?
    }

    /// The newest first. A group moves to the top when something is added to it: it may come again on a later page, and is told
    /// apart by its kind and post.
    package func page(
        of viewer: ID<Account>, kind: NotificationKind?, before: Int64?, limit: Int
    ) async throws -> Page {
        let read = try await lastRead(by: viewer)
        var groups: [NotificationGroup] = []
        var next = before
        for _ in 1...Limits.notificationReadsMax {
            let wanted = limit - groups.count
            let rows = try await rows(of: viewer, kind: kind, before: next ?? .max, after: 0, limit: wanted + 1)
            let looked = rows.prefix(wanted)
            groups += try await shown(Array(looked), to: viewer, read: read)
            next = rows.count > wanted ? looked.last?.id : nil
            if next == nil || groups.count == limit { break }
        }
        return Page(groups: groups, unreadCount: try await unreadCount(of: viewer, since: read), next: next)
    }

    /// How many groups there is news in, no more than `Limits.unreadNotificationsMax`.
    package func unreadCount(of viewer: ID<Account>) async throws -> Int {
        try await unreadCount(of: viewer, since: lastRead(by: viewer))
    }

    /// Notes that the viewer has read everything up to a notification, on all devices.
    /// - Parameter id: nil for the newest there is. A later one than that counts as that one.
    package func read(through id: Int64?, viewer: ID<Account>) async throws {
        let newest = try await database.read { store in
            try store.integer(
                "SELECT max(newest_id) FROM notification_groups WHERE account_id = $1", [.integer(viewer.rawValue)])
        }
        guard newest > 0 else { return }
        _ = try await markers.move([.init(.notifications, to: min(id ?? newest, newest))], of: viewer)
    }

    private func lastRead(by viewer: ID<Account>) async throws -> Int64 {
        try await markers.markers(of: viewer)[.notifications]?.lastReadID ?? 0
    }

    private func unreadCount(of viewer: ID<Account>, since read: Int64) async throws -> Int {
        var rows = try await rows(
            of: viewer, kind: nil, before: .max, after: read, limit: Limits.unreadNotificationsMax)
        // What was read makes no group unread, and need not be looked at.
        for index in rows.indices { rows[index].facts.removeAll { $0.id <= read } }
        var count = 0
        // One fact that is in sight makes a group unread, and is mostly among the newest.
        for looked in [Limits.notificationFactsLooked, Limits.notificationActorsMax] where !rows.isEmpty {
            let newest = rows.map { row in
                var row = row
                row.facts = Array(row.facts.prefix(looked))
                return row
            }
            let unread = Set(try await shown(newest, to: viewer, read: read).filter { !$0.isRead }.map(\.id))
            count += unread.count
            rows.removeAll { unread.contains($0.id) || $0.facts.count <= looked }
        }
        return count
    }

    private func rows(
        of viewer: ID<Account>, kind: NotificationKind?, before: Int64, after: Int64, limit: Int
    ) async throws -> [NotificationRows.Group] {
        try await database.read { store in
            try NotificationRows.groups(
                of: viewer, kind: kind, before: before, after: after, limit: limit, store)
        }
    }
}

extension Limits {
    package static let notificationActorsShown = 8
    static let notificationFactsLooked = 3
    package static let unreadNotificationsMax = 100
    /// Reads of the store for one page, where much is not for its reader.
    package static let notificationReadsMax = 5
}
