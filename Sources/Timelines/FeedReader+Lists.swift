import Accounts
import Core
import Posts
import SocialGraph

extension FeedReader {
    /// A page of the feed of one of the viewer's lists below `before`, newest first: what its members post, and what they
    /// share, each post once. Where very much of it is not shown, it is shorter than `limit` though more follow.
    ///
    /// It is read from the store: nothing is kept for lists, and what was written a moment ago is there.
    package func page(
        of list: ListScope, viewer: ID<Account>, before: Position, limit: Int
    ) async throws -> (posts: [PostService.Shown], next: Position?) {
        let relations = try await relations.relations(of: viewer)
        let now = clock.now()
        let members = list.members.values
        var gathering = Gathering(reader: self, relations: relations, list: list, limit: limit, now: now)
        var cursor = before
        var reads = 0
        while !gathering.isComplete {
            let positions = try await source.posts(
                ofAuthors: members, before: cursor, limit: gathering.nextBatch(), now: now)
            try await gathering.take(positions)
            guard let last = positions.last, positions.count == gathering.asked else { break }
            cursor = last
            reads += 1
            if reads == Limits.listFeedReadsMax { gathering.stop(at: cursor) }
        }
        let page = gathering.page(latest: 0)
        return (page.posts, page.next)
    }
}

extension Limits {
    /// Reads of the store for one page of a list's feed.
    package static let listFeedReadsMax = 16
}
