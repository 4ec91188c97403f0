import Accounts
import Core
import Posts
import SocialGraph

// Reposts, comments, and posts that somebody shared or that quote others, where all they take is in memory. They cost some counting of references.
extension FeedReader {
    /// - Returns: false where memory does not know enough of this position.
    func layOther(_ position: Position, of page: inout WarmPage, to splicer: inout ByteSplicer) -> Bool {
        guard let known = library.cached(position) else { return false }
        guard known == nil else { return layPost(known, nil, at: position, of: &page, to: &splicer) }
        guard let place = library.reposts.cached(position) else { return false }
        guard let repost = place else {
            page.gone.insert(position.rawValue)
            return true
        }
        guard let original = library.cached(repost.postPosition) else { return false }
        return layPost(original, repost, at: position, of: &page, to: &splicer)
    }

    /// - Parameters:
    ///   - card: nil for a post that is gone.
    ///   - repost: nil where the post itself stands at this position.
    private func layPost(
        _ card: PostCard?, _ repost: Repost?, at position: Position, of page: inout WarmPage,
        to splicer: inout ByteSplicer
    ) -> Bool {
        guard let card else {
            page.gone.insert(position.rawValue)
            return true
        }
        let post = card.post
        guard let author = directory.cached(post.author), page.knowsText(of: card),
            let root = library.threads.cached(of: post, in: directory)
        else { return false }
        let belongs =
            repost == nil
            ? page.filter.removal(of: card, author: author.standing, root: root) == nil
            : page.filter.admitsShared(card, author: author.standing, root: root)
        guard belongs else { return true }
        guard let flags = page.marks.flags(of: post.id.rawValue) else { return false }
        if flags.isHidden { return true }
        guard case .known(let sharedBy) = sharedBy(card, repost, page.relations),
            case .known(let quote) = quote(of: post, page)
        else { return false }
        guard repost == nil || sharedBy?.earliest == position else { return true }
        if page.open(at: position, to: &splicer) {
            PostService.Shown(card: card, author: author, flags: flags, sharedBy: sharedBy, quote: quote)
                .write(to: &splicer)
        }
        return true
    }

    /// What memory says.
    private enum Known<Value> {
        case known(Value?)
        case unknown
    }

    private func sharedBy(_ card: PostCard, _ repost: Repost?, _ relations: Relations) -> Known<SharedBy> {
        guard card.isShared || repost != nil else { return .known(nil) }
        guard let sharings = library.reposts.cachedSharings(of: card.post.id, for: relations) else { return .unknown }
        var isKnown = true
        let sharedBy = SharedBy(sharings, of: card.post.author) { sharer in
            let card = directory.cached(sharer)
            if card == nil { isKnown = false }
            return card
        }
        return isKnown ? .known(sharedBy) : .unknown
    }

    private func quote(of post: Post, _ page: WarmPage) -> Known<ShownQuote> {
        guard let quote = post.quote else { return .known(nil) }
        guard let known = library.cached(quote.position), let root = root(of: known),
            let author = directory.cached(quote.author),
            let flags = page.marks.flags(of: quote.post.rawValue), known.map(page.knowsText) ?? true
        else { return .unknown }
        return .known(
            ShownQuote(
                quote, card: known, author: author, root: root, relations: page.relations, muted: page.mutedText,
                flags: flags, inFeed: true))
    }

    /// Outer nil: not known.
    private func root(of card: PostCard?) -> ThreadRoot?? {
        guard let card else { return .some(nil) }
        return library.threads.cached(of: card.post, in: directory)
    }
}
