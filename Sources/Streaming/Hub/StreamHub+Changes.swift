import Accounts
import Core
import Engagement
import Logging
import Notifications
import Posts
import SQL
import SocialGraph
import Synchronization

extension StreamHub {
    /// What a batch of changes asks for, besides what is done at once.
    private struct Tasks {
        var published: [PublishedPost] = []
        var changed: [PublishedPost] = []
        var accounts: Set<Int64> = []
        var markers: Set<Int64> = []
        var left = Departures()
        var keysChanged = false
    }

    /// Handles what was announced. Not to be called by two tasks at once.
    /// - Returns: whether something waits for fan-out.
    package func handle() async -> Bool {
        let inbox = takeInbox()
        var tasks = Tasks()
        for change in inbox.changes { sort(change, &tasks) }
        if inbox.isOverfull { loseEverything() }
        do {
            // Before anything else is told.
            try await check(tasks)
            try await loadUnknownFollows()
            let opened = try await tellChanges(of: tasks.changed)
            tasks.left.accounts = tasks.accounts
            try await tell(tasks.left)
            try await tellMarkers(of: tasks.markers)
            try await expect(tasks.published + opened)
            try await tellPublished()
            if inbox.isTickDue { try await tick() }
        } catch {
            // Nobody may believe to know everything.
            logger.warning("events were not told", metadata: ["error": "\(error)"])
            loseEverything()
        }
        return work.withLock { !$0.published.isEmpty }
    }

    private func sort(_ change: Change, _ tasks: inout Tasks) {
        switch change {
        case .published(_, let author, let position):
            if room.withLock({ $0.hasListeners(to: author) }) {
                tasks.published.append(PublishedPost(author: author, position: position))
            }
        case .post(let id, let author, let position):
            // Those who have it by somebody's repost need not follow its author.
            if room.withLock({ !$0.isEmpty }) {
                tasks.changed.append(PublishedPost(author: author, position: position))
                work.withLock { $0.ids[position] = id }
            }
        case .shared(let post, let sharer, let position):
            if room.withLock({ $0.hasListeners(to: sharer) }) {
                tasks.published.append(PublishedPost(author: sharer, position: position, shared: post))
            }
        case .unshared(let post, let sharer, _):
            if room.withLock({ $0.hasListeners(to: sharer) }) { tasks.left.unshared[post, default: []].insert(sharer) }
        case .relationship(let one, let other):
            tasks.left.viewers.formUnion([one, other])
        case .feedback(let account, _, _, _): tasks.left.viewers.insert(account)
        case .closeFriendRemoved(_, let friend): tasks.left.viewers.insert(friend)
        case .passwordChanged(let account):
            let connections = room.withLock { $0.audiences[account]?.connections ?? [] }
            for connection in connections { end(connection, .credentialsChanged) }
        case .postCounters(let positions): work.withLock { $0.counted.formUnion(positions) }
        case .postLikes(let posts): work.withLock { $0.counted.formUnion(posts.map(\.position)) }
        case .followed(let follower, let followee): room.withLock { $0.followed(follower, followee) }
        case .unfollowed(let follower, let followee):
            room.withLock { $0.unfollowed(follower, followee) }
            tasks.left.viewers.insert(follower)
        case .sessionRevoked(let session):
            for connection in room.withLock({ $0.connections(ofSession: session) }) { end(connection, .unauthorized) }
        case .account(let id): tasks.accounts.insert(id)
        case .signingKeys: tasks.keysChanged = true
        case .markersMoved(let account): tasks.markers.insert(account)
        case .notified(let account, let id, let kind):
            if let kind = NotificationKind(rawValue: kind) { tell(.notification(id, kind), to: [account]) }
        case .bulk: loseEverything()
        default: break
        }
    }

    /// Forgets whom everybody follows. Once that is loaded, they are told to load anew what they show; and until every
    /// token was looked at, that is tried again.
    func loseEverything() {
        let accounts = room.withLock { $0.forgetFollows() }
        work.withLock { work in
            work.published = []
            work.counted = []
            work.ids = [:]
            work.unknown = accounts
            work.mustAuthenticate = true
        }
    }

    private func loadUnknownFollows() async throws {
        while let account = work.withLock({ $0.unknown.last }) {
            try await loadFollows(of: account)
            tell(.reset, to: [account])
            work.withLock { _ = $0.unknown.popLast() }
        }
    }

    /// Ends the streams of those who may not have them any more.
    private func check(_ tasks: Tasks) async throws {
        for account in tasks.accounts {
            let connections = room.withLock { $0.audiences[account]?.connections ?? [] }
            guard !connections.isEmpty, try await directory.account(ID(account))?.isActive != true else { continue }
            for connection in connections { end(connection, .unauthorized) }
        }
        guard tasks.keysChanged || work.withLock({ $0.mustAuthenticate }) else { return }
        for connection in room.withLock({ $0.connections }) {
            do { _ = try await authenticator.authenticate(connection.token) } catch is AccountsError {
                end(connection, .unauthorized)
            }
        }
        work.withLock { $0.mustAuthenticate = false }
    }

    private func tellMarkers(of accounts: Set<Int64>) async throws {
        for account in accounts where room.withLock({ $0.audiences[account] != nil }) {
            let moved = try await markers.markers(of: ID(account))
            tell(.readMarker(moved.json), to: [account])
        }
    }
}
