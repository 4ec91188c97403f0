import Accounts
import Core

extension PostService.Shown {
    /// About the bytes of this post in an answer.
    package var byteCount: Int {
        card.byteCount + author.authorJSON.count + (sharedBy?.byteCount ?? 0)
            + (card.post.quote == nil ? 0 : 40 + (quote?.byteCount ?? 0))
    }

    package func write(to splicer: inout ByteSplicer) {
        card.write(self, to: &splicer)
    }

    /// Lays the post as a comment.
    package func writeComment(to splicer: inout ByteSplicer) {
        card.write(self, asComment: true, to: &splicer)
    }
}
