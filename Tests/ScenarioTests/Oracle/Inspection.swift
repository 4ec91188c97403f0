import Accounts
import Core
import HTTPAPI
import Posts
import SocialGraph
import Timelines

@testable import Starling

/// Something that the server shows is not what the rules say.
struct Mismatch: Error {
    let what: String
    /// Nil for someone without an account.
    let viewer: Int?
    var missing: Set<Int64> = []
    var surplus: Set<Int64> = []
}

/// Holds what the server shows against the model.
struct Inspection {
    let world: World
    let ids: [ID<Account>]
    let model: Model
    let warm: WarmPages

    var feed: FeedReader { world.node.api.feed }

    /// The whole home feed, page by page to its end.
    func checkHome(of viewer: Int, pageSize: Int, _ note: String) async throws {
        var found: [PostService.Shown] = []
        var before = Position.highest
        while true {
            let page = try await feed.page(of: ids[viewer], before: before, limit: pageSize)
            try await checkWarm(page, of: viewer, before: before, limit: pageSize, note)
            found.append(contentsOf: page.posts)
            guard let next = page.next else { break }
            guard page.posts.count == pageSize, next < before else {
                throw Mismatch(what: "a page of \(pageSize) with a next one has \(page.posts.count)", viewer: viewer)
            }
            before = next
        }
        try compare(found, model.home(of: viewer), viewer, .home, "home feed by \(pageSize), \(note)")
    }

    /// One author's posts as someone sees them, page by page.
    func checkList(of author: Int, for viewer: Int?, pageSize: Int, replies: Bool) async throws {
        let what = "list of \(author) by \(pageSize)"
        let expected = model.list(of: author, for: viewer, replies: replies)
        var found: [PostService.Shown] = []
        var before: Position? = .highest
        do {
            while let place = before {
                let page = try await world.node.api.posts.posts(
                    of: ids[author], viewer: viewer.map { ids[$0] }, before: place, limit: pageSize, replies: replies)
                found.append(contentsOf: page.posts)
                before = page.next
            }
        } catch is PostsError {
            guard expected == nil else { throw Mismatch(what: what + " is refused", viewer: viewer) }
            return
        }
        guard let expected else { throw Mismatch(what: what + " should be refused", viewer: viewer) }
        try compare(found, expected, viewer, nil, what)
    }

    /// Whether one may see one post.
    func checkPost(_ post: Model.Post, for viewer: Int?) async throws {
        let isShown: Bool
        do {
            let shown = try await world.node.api.posts.post(ID(post.id), viewer: viewer.map { ids[$0] })
            isShown = shown.card.post.version == post.version
        } catch is PostsError {
            isShown = false
        }
        guard isShown != model.canSee(post, viewer) else { return }
        throw Mismatch(
            what: "a single post", viewer: viewer, missing: isShown ? [] : [post.id], surplus: isShown ? [post.id] : [])
    }

    /// The counters that the profile shows.
    func checkCounters(of user: Int) async throws {
        guard let account = try await world.node.api.directory.account(ids[user]), account.isActive else { return }
        let posts = model.written[user].compactMap { model.posts[$0] }.filter {
            !$0.isDeleted && $0.visibility == .everyone
        }
        let expected = [model.followers(of: user).count, model.users[user].following.count, posts.count]
        let found = [account.followersCount, account.followingCount, account.postsCount].map { Int($0) }
        guard found != expected else { return }
        throw Mismatch(what: "counters \(found), not \(expected)", viewer: user)
    }

    func compare(
        _ found: [PostService.Shown], _ expected: [Model.Entry], _ viewer: Int?, _ scope: MutingScopes?,
        _ what: String
    ) throws {
        let shown = found.map(\.card.post.id.rawValue)
        let wanted = expected.map(\.id)
        guard shown != wanted else {
            for (shown, wanted) in zip(found, expected) { try compare(shown, wanted, viewer, scope, what) }
            return
        }
        throw Mismatch(
            what: Set(shown) == Set(wanted) ? "order or number of times in " + what : what, viewer: viewer,
            missing: Set(wanted).subtracting(shown), surplus: Set(shown).subtracting(wanted))
    }

    private func compare(
        _ shown: PostService.Shown, _ wanted: Model.Entry, _ viewer: Int?, _ scope: MutingScopes?, _ what: String
    ) throws {
        let post = shown.card.post
        guard post.version == wanted.post.version, post.visibility == wanted.post.visibility,
            post.position.rawValue == wanted.post.position, shown.place.rawValue == wanted.place
        else { throw Mismatch(what: "version or place in " + what, viewer: viewer, missing: [wanted.id]) }
        let names = wanted.sharedBy.prefix(3).map { ids[$0.sharer] }
        guard shown.sharedBy?.accounts.map(\.account.id) ?? [] == names,
            shown.sharedBy?.count ?? 0 == wanted.sharedBy.count, post.sharePolicy == wanted.post.sharing,
            Int(shown.card.shares) == model.shareCount(of: wanted.id),
            viewer.map({ shown.flags.isShared == (model.share(of: wanted.id, by: $0) != nil) }) ?? true,
            viewer.map({ shown.flags.feedback == model.users[$0].feedback[wanted.id] }) ?? true
        else { throw Mismatch(what: "who shared in " + what, viewer: viewer, missing: [wanted.id]) }
        try compareMarks(shown, viewer, what)
        try compareQuotes(shown, wanted.post, viewer, scope, what)
    }

    private func compareMarks(_ shown: PostService.Shown, _ viewer: Int?, _ what: String) throws {
        let id = shown.card.post.id.rawValue
        guard Int(shown.card.likes) == model.likes[id] ?? 0,
            viewer.map({ shown.flags.reaction == model.users[$0].reactions[id] }) ?? true,
            viewer.map({ shown.flags.isBookmarked == model.users[$0].bookmarked.contains(id) }) ?? true
        else {
            throw Mismatch(
                what:
                    "reactions or bookmark in \(what): \(shown.card.likes), \(String(describing: shown.flags.reaction))",
                viewer: viewer, missing: [id])
        }
    }
}

// Quotes
extension Inspection {
    private func compareQuotes(
        _ shown: PostService.Shown, _ wanted: Model.Post, _ viewer: Int?, _ scope: MutingScopes?, _ what: String
    ) throws {
        let quote = model.quote(in: wanted, for: viewer, scope)
        guard shown.card.post.quote?.post.rawValue == wanted.quoteOf,
            shown.quote?.card.post.id.rawValue == quote?.id, shown.quote?.card.post.version == quote?.version
        else {
            throw Mismatch(
                what:
                    "what is quoted in \(what): \(String(describing: shown.quote?.card.post)), not \(String(describing: quote))",
                viewer: viewer, missing: [wanted.id])
        }
        guard Int(shown.card.quotes) == model.quoteCount(of: wanted.id) else {
            throw Mismatch(what: "number of quotes in " + what, viewer: viewer, missing: [wanted.id])
        }
        guard Int(shown.card.comments) == model.commentCount(of: wanted.id) else {
            throw Mismatch(what: "number of comments in " + what, viewer: viewer, missing: [wanted.id])
        }
    }
}

// What must be true at any moment.
extension Inspection {
    /// Reads some pages while consumers lag: nothing hidden is shown; and what was within reach when fan-out last caught
    /// up is there, as are one's own posts.
    /// - Parameter caughtUp: the operation at which fan-out last had nothing left to do.
    func checkAnytime(_ viewer: Int, limit: Int, pages: Int, caughtUp: Int) async throws {
        // First, while it knows only what writes have told it.
        let quick = try warmPosts(of: viewer, limit: limit)
        var shown: [PostService.Shown] = []
        var before = Position.highest
        var reachesEnd = false
        for _ in 0..<pages where !reachesEnd {
            let page = try await feed.page(of: ids[viewer], before: before, limit: limit)
            shown.append(contentsOf: page.posts)
            if let next = page.next { before = next } else { reachesEnd = true }
        }
        let found = shown.map(\.card.post.id.rawValue)
        let expected = model.home(of: viewer)
        let surplus = Set(found + quick).subtracting(expected.map(\.id))
        let lowest = reachesEnd ? 0 : shown.last?.place.rawValue ?? 0
        let due = expected.filter { $0.place >= lowest && isDue($0, for: viewer, caughtUp) }
        let missing = Set(due.map(\.id)).subtracting(found)
        guard surplus.isEmpty, missing.isEmpty else {
            throw Mismatch(what: "home feed while behind", viewer: viewer, missing: missing, surplus: surplus)
        }
        guard zip(shown, shown.dropFirst()).allSatisfy({ $0.place > $1.place }) else {
            throw Mismatch(what: "order while behind", viewer: viewer)
        }
    }

    private func isDue(_ entry: Model.Entry, for viewer: Int, _ caughtUp: Int) -> Bool {
        let post = entry.post
        if post.author == viewer { return true }
        // A repost comes by whoever made it.
        let share = entry.place == post.position ? nil : entry.sharedBy.first
        let pair = Model.Pair(one: viewer, other: share?.sharer ?? post.author)
        let friendship = Model.Pair(one: post.author, other: viewer)
        let isOpen = post.visibility != .closeFriends || model.befriendedSince[friendship] ?? .max <= caughtUp
        return share?.since ?? post.openSince <= caughtUp && model.followedSince[pair] ?? .max <= caughtUp && isOpen
    }
}
