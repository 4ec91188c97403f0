import Accounts
import Core
import Posts
import SocialGraph

// Reposts, and posts that somebody shared, where all they take is in memory. They cost some counting of references.
extension FeedReader {
    /// - Returns: false where memory does not know enough of this position.
    func layShared(_ position: Position, of page: inout WarmPage, to splicer: inout ByteSplicer) -> Bool {
        guard let known = library.cached(position) else { return false }
        guard known == nil else { return layShared(known, nil, at: position, of: &page, to: &splicer) }
        guard let place = library.reposts.cached(position) else { return false }
        guard let repost = place else {
            page.gone.insert(position.rawValue)
            return true
        }
        guard let original = library.cached(repost.postPosition) else { return false }
        return layShared(original, repost, at: position, of: &page, to: &splicer)
    }

    /// - Parameters:
    ///   - card: nil for a post that is gone.
    ///   - repost: nil where the post itself stands at this position.
    private func layShared(
        _ card: PostCard?, _ repost: Repost?, at position: Position, of page: inout WarmPage,
        to splicer: inout ByteSplicer
    ) -> Bool {
        guard let card else {
            page.gone.insert(position.rawValue)
            return true
        }
        let post = card.post
        guard let author = directory.cached(post.author) else { return false }
        let belongs =
            repost == nil
            ? page.filter.removal(of: post, author: author.standing) == nil
            : page.filter.admitsShared(post, author: author.standing)
        guard belongs else { return true }
        guard let sharings = library.reposts.cachedSharings(of: post.id, for: page.filter.relations),
            let flags = page.marks.flags(of: post.id.rawValue)
        else { return false }
        var isKnown = true
        let sharedBy = SharedBy(sharings, of: post.author) { sharer in
            let card = directory.cached(sharer)
            if card == nil { isKnown = false }
            return card
        }
        guard isKnown else { return false }
        guard repost == nil || sharedBy?.earliest == position else { return true }
        if page.open(at: position, to: &splicer) {
            card.write(author: author, viewer: flags, sharedBy: sharedBy, to: &splicer)
        }
        return true
    }
}
