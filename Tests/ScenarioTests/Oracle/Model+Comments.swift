import Core
import Posts
import SocialGraph

/// What goes for comments: who may write and remove them, and which a list shows.
extension Model {
    func isForEveryone(_ post: Post) -> Bool { post.visibility == .everyone && !users[post.author].isPrivate }

    /// Comments are for those who may see the post at the root, or could before it was deleted. Where that was for everyone,
    /// only blocks of its author keep anybody out,.
    func isAdmitted(_ viewer: Int?, toThreadOf post: Post) -> Bool {
        guard let root = post.root.flatMap({ posts[$0] }) else { return post.root == nil }
        if isForEveryone(root) { return viewer.map { !isApart($0, root.author) } ?? true }
        return isInAudience(viewer, of: root)
    }

    /// What the author of the post at the root of a thread allows, whatever became of that post; while it is there, only to
    /// those who may see it.
    func takesComments(on post: Post, from author: Int) -> Bool {
        guard let root = posts[post.root ?? post.id], root.author != author else { return true }
        guard root.isDeleted || canSee(root, author) else { return false }
        switch root.comments {
        case .open: return true
        case .followers: return follows(author, root.author)
        case .closed: return false
        }
    }

    /// A comment that is to reach more people has to be one that its author may still write.
    func mayEdit(_ user: Int, _ id: Int64, _ visibility: Visibility?) -> Bool {
        guard let post = posts[id], post.author == user, !post.isDeleted else { return false }
        guard let visibility, post.root != nil, visibility.opens(from: post.visibility) else { return true }
        return takesComments(on: post, from: user)
    }

    /// Whether one may take somebody else's comment from below one's own post, seen or not.
    func mayRemove(_ user: Int, _ id: Int64) -> Bool {
        guard let comment = posts[id], comment.author != user, let root = comment.root.flatMap({ posts[$0] })
        else { return false }
        return !comment.isDeleted && comment.visibility != .author && root.author == user
    }

    func maySetComments(_ user: Int, _ id: Int64) -> Bool {
        guard let post = posts[id] else { return false }
        return post.author == user && !post.isDeleted && post.root == nil
    }

    /// A removed comment is gone, but its author can still delete it.
    func mayDelete(_ user: Int, _ id: Int64) -> Bool {
        guard let post = posts[id] else { return false }
        return post.author == user && (!post.isDeleted || post.isRemoved)
    }

    /// Whether a comment that is gone keeps its place in lists: the same for everyone who may see the thread.
    func keepsPlace(_ comment: Post) -> Bool {
        comment.isDeleted && comment.replyTo != nil && isForEveryone(comment) && commentCount(of: comment.id) > 0
    }

    /// The direct replies that a viewer is shown, and the places of those that are gone, newest first; nil where the viewer may
    /// see neither the post nor its place.
    func comments(on post: Post, for viewer: Int?) -> [Post]? {
        let isAdmitted = isAdmitted(viewer, toThreadOf: post)
        guard canSee(post, viewer) || keepsPlace(post) && isAdmitted else { return nil }
        return posts.values.filter { $0.replyTo == post.id }
            .filter { keepsPlace($0) ? isAdmitted : isListed($0, for: viewer) }
            .sorted { $0.position > $1.position }
    }

    private func isListed(_ comment: Post, for viewer: Int?) -> Bool {
        guard canSee(comment, viewer) else { return false }
        guard let viewer else { return true }
        return !users[viewer].mutes.contains(comment.author) && !isWordMuted(in: comment, by: viewer, .comments)
    }
}
