import Core
import Posts
import SocialGraph

/// What goes for reposts: who may make them, and what they bring into feeds.
extension Model {
    struct Share {
        let post: Int64
        let sharer: Int
        let position: Int64
        /// The operation that made it.
        let since: Int
    }

    /// A post where a list shows it.
    struct Entry {
        let post: Post
        let place: Int64
        /// Those the list names as having shared it, the first first.
        let sharedBy: [Share]

        init(_ post: Post, at place: Int64? = nil, sharedBy: [Share] = []) {
            self.post = post
            self.place = place ?? post.position
            self.sharedBy = sharedBy
        }

        var id: Int64 { post.id }
    }

    func share(of post: Int64, by sharer: Int) -> Share? {
        shares[post]?.first { $0.sharer == sharer }
    }

    /// What is not for everyone stays with its author, as does what is below that, and of the rest the author says who may share it.
    func mayShare(_ sharer: Int, _ post: Post) -> Bool {
        guard canSee(post, sharer) else { return false }
        if post.author == sharer { return true }
        guard isForEveryone(post), post.root.map({ posts[$0].map(isForEveryone) == true }) ?? true else { return false }
        switch post.sharing {
        case .everyone: return true
        case .followers: return follows(sharer, post.author)
        case .nobody: return false
        }
    }

    func expectationOfShare(_ sharer: Int, _ id: Int64) -> Outcome {
        guard let post = posts[id], canSee(post, sharer) else { return .refused }
        if share(of: id, by: sharer) != nil { return .done }
        return mayShare(sharer, post) ? .published([Outcome.Published(id: 0, position: 0)]) : .refused
    }

    func expectationOfQuote(_ author: Int, _ id: Int64) -> Outcome {
        guard let post = posts[id], mayShare(author, post) else { return .refused }
        return .published([Outcome.Published(id: 0, position: 0)])
    }

    func expectationOfUnshare(_ sharer: Int, _ id: Int64) -> Outcome {
        if share(of: id, by: sharer) != nil { return .done }
        return posts[id].map { canSee($0, sharer) } == true ? .done : .refused
    }

    /// What a viewer is shown inside a post that quotes; nil where that is nothing.
    /// - Parameter scope: of the list it is in; nil for those that muted words do not touch.
    func quote(in post: Post, for viewer: Int?, _ scope: MutingScopes?) -> Post? {
        guard let quoted = post.quoteOf.flatMap({ posts[$0] }), canSee(quoted, viewer) else { return nil }
        if let viewer, users[viewer].mutes.contains(quoted.author) { return nil }
        if let viewer, let scope, isWordMuted(in: quoted, by: viewer, scope) { return nil }
        if let viewer, scope == .home, hidden(from: viewer).contains(quoted.id) { return nil }
        return quoted
    }

    func quoteCount(of post: Int64) -> Int { (quoting[post] ?? []).count(where: isSeenByEverybody) }

    func commentCount(of post: Int64) -> Int { (below[post] ?? []).count(where: isSeenByEverybody) }

    private func isSeenByEverybody(_ id: Int64) -> Bool {
        guard let post = posts[id] else { return false }
        return !post.isDeleted && isActive(post.author) && isForEveryone(post)
    }

    /// The live reposts by those who make up a feed and whom the viewer does not mute, the first first. The author's own tell
    /// nothing.
    func sharings(of post: Int64, for viewer: Int, in circle: Circle) -> [Share] {
        (shares[post] ?? []).filter { share in
            circle.accounts.contains(share.sharer) && !users[viewer].mutes.contains(share.sharer)
                && isActive(share.sharer) && share.sharer != posts[post]?.author
        }.sorted { $0.position < $1.position }
    }

    /// Posts without a place of their own in a feed, where the first of those who make it up shared them.
    func sharedEntries(in circle: Circle, of viewer: Int) -> [Entry] {
        let brought = Set(circle.accounts.flatMap { shared[$0].map(\.post) })
        return brought.compactMap { posts[$0] }.compactMap { post in
            guard canSee(post, viewer), !belongs(post, to: circle, of: viewer),
                !users[viewer].mutes.contains(post.author), !isWordMuted(in: post, by: viewer, .home)
            else { return nil }
            let sharings = sharings(of: post.id, for: viewer, in: circle)
            return sharings.first.map { Entry(post, at: $0.position, sharedBy: sharings) }
        }
    }

    /// What an account shared, as others see it on its list.
    func sharedList(of sharer: Int, for viewer: Int?) -> [Entry] {
        if let viewer, !follows(viewer, sharer), users[sharer].isPrivate { return [] }
        if viewer == nil, users[sharer].isPrivate { return [] }
        return shared[sharer].compactMap { share in
            posts[share.post].flatMap { canSee($0, viewer) ? Entry($0, at: share.position, sharedBy: [share]) : nil }
        }
    }

    func shareCount(of post: Int64) -> Int {
        shares[post]?.count ?? 0
    }

    mutating func unshare(_ id: Int64, by sharer: Int) {
        shared[sharer].removeAll { $0.post == id }
        shares[id]?.removeAll { $0.sharer == sharer }
    }

    mutating func applyShare(_ operation: Operation, _ outcome: Outcome, at moment: Int) {
        switch (operation, outcome) {
        case (.share(let id, let sharer), .published(let new)):
            let share = Share(post: id, sharer: sharer, position: new[0].position, since: moment)
            shared[sharer].append(share)
            shares[id, default: []].append(share)
        case (.quote(let author, let id, let visibility), .published(let new)):
            add(new[0], author, visibility, moment, Words.text(of: moment))
            posts[new[0].id]?.quoteOf = id
            quoting[id, default: []].append(new[0].id)
        case (.unshare(let id, let sharer), _): unshare(id, by: sharer)
        case (.setSharing(let id, _, let policy), _):
            posts[id]?.sharing = policy
            posts[id]?.text = Words.text(of: moment)
            posts[id]?.version += 1
        default: break
        }
    }
}
