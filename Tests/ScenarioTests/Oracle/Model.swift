import Core
import Posts
import SocialGraph

/// The rules of the product in their plainest form, written from their text: who sees what, and what a home feed is.
/// It knows nothing of timelines, caches, queries or consumers. Users are numbers in the order they came.
struct Model {
    enum State { case active, suspended, deleted }

    struct User {
        var state = State.active
        var isPrivate = false
        var following: Set<Int> = []
        /// Whom they asked to follow.
        var requested: Set<Int> = []
        var blocks: Set<Int> = []
        var mutes: Set<Int> = []
        /// Who may see what is for close friends.
        var friends: Set<Int> = []
        /// Phrases, with where they hide something.
        var mutedWords: [String: MutingScopes] = [:]
        /// What they said of posts for their own feed.
        var feedback: [Int64: Feedback] = [:]
        var reactions: [Int64: Reaction] = [:]
        var bookmarked: Set<Int64> = []
        /// In the order they were made.
        var lists: [NamedList] = []
        /// Whether what a deleted account left has been taken down.
        var isErased = false
    }

    struct Post {
        let id: Int64
        let position: Int64
        let author: Int
        let replyTo: Int64?
        let replyToAuthor: Int?
        /// The post at the top of the thread, nil for one that answers none.
        let root: Int64?
        let depth: Int
        var text: String
        var visibility: Visibility
        var version: Int64 = 1
        /// For all but its author it is the same whether a post was deleted or removed.
        var isDeleted = false
        var isRemoved = false
        var comments = CommentPolicy.open
        var sharing = SharePolicy.everyone
        var quoteOf: Int64?
        /// The operation since which it is there for others: when it was published, opened or imported.
        var openSince: Int
    }

    struct Pair: Hashable {
        let one: Int
        let other: Int
    }

    var users: [User] = []
    var posts: [Int64: Post] = [:]
    /// Ids by author, in the order they were written.
    var written: [[Int64]] = []
    /// Reposts by sharer.
    var shared: [[Share]] = []
    /// The same by post.
    var shares: [Int64: [Share]] = [:]
    /// What quotes each post.
    var quoting: [Int64: [Int64]] = [:]
    /// The comments below each post, at any depth.
    var below: [Int64: [Int64]] = [:]
    /// Reactions by post.
    var likes: [Int64: Int] = [:]
    /// The operation by which each follow came about.
    var followedSince: [Pair: Int] = [:]
    /// The operation by which one came on the list of another.
    var befriendedSince: [Pair: Int] = [:]

    func isActive(_ user: Int) -> Bool { users[user].state == .active }
    /// Whether the account is there, or may come back.
    func isLasting(_ user: Int) -> Bool { users[user].state != .deleted }

    /// Everyone counts as a follower of themselves.
    func follows(_ viewer: Int, _ other: Int) -> Bool {
        viewer == other || users[viewer].following.contains(other)
    }

    func isApart(_ one: Int, _ other: Int) -> Bool {
        users[one].blocks.contains(other) || users[other].blocks.contains(one)
    }

    /// - Parameter viewer: nil for someone without an account.
    func canSee(_ post: Post, _ viewer: Int?) -> Bool {
        guard !post.isDeleted, isInAudience(viewer, of: post) else { return false }
        return viewer == post.author || isAdmitted(viewer, toThreadOf: post)
    }

    /// Whether a post is for a viewer as far as its author goes, whatever became of the post.
    func isInAudience(_ viewer: Int?, of post: Post) -> Bool {
        guard isActive(post.author) else { return false }
        guard let viewer else { return isForEveryone(post) }
        if viewer == post.author { return true }
        if isApart(viewer, post.author) { return false }
        switch post.visibility {
        case .author: return false
        case .closeFriends: return users[post.author].friends.contains(viewer)
        case .followers: return follows(viewer, post.author)
        case .everyone: return !users[post.author].isPrivate || follows(viewer, post.author)
        }
    }

    /// Whether a post has a place of its own in a feed. In the home feed: visible posts of the viewer and of those they follow
    /// and do not mute; of replies, those to someone they follow, too. One's own replies are all there.
    func belongs(_ post: Post, to circle: Circle, of viewer: Int) -> Bool {
        guard canSee(post, viewer) else { return false }
        if post.author == viewer { return circle.isHome }
        guard circle.accounts.contains(post.author), !users[viewer].mutes.contains(post.author),
            !isWordMuted(in: post, by: viewer, .home)
        else { return false }
        return post.replyToAuthor.map { shows(circle, replyTo: $0, by: post.author, to: viewer) } ?? true
    }

    func home(of viewer: Int) -> [Entry] { feed(in: homeCircle(of: viewer), of: viewer) }

    /// Newest first.
    func feed(in circle: Circle, of viewer: Int) -> [Entry] {
        var found: [Entry] = []
        for author in circle.accounts.union([viewer]) {
            for id in written[author] {
                if let post = posts[id], belongs(post, to: circle, of: viewer) {
                    found.append(Entry(post, sharedBy: sharings(of: id, for: viewer, in: circle)))
                }
            }
        }
        let hidden = hidden(from: viewer)
        return (found + sharedEntries(in: circle, of: viewer)).filter { !hidden.contains($0.id) }
            .sorted { $0.place > $1.place }
    }

    /// What one author posted and shared, newest first; nil where this viewer is told that there is no such account.
    func list(of author: Int, for viewer: Int?, replies: Bool) -> [Entry]? {
        guard isActive(author) else { return nil }
        if let viewer, isApart(viewer, author) { return nil }
        let own = written[author].compactMap { posts[$0] }
            .filter { canSee($0, viewer) && (replies || $0.replyToAuthor == nil) }.map { Entry($0) }
        return (own + sharedList(of: author, for: viewer)).sorted { $0.place > $1.place }
    }

    func followers(of user: Int) -> [Int] {
        users.indices.filter { users[$0].following.contains(user) }
    }
}
