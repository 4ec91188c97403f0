/// What can go wrong with a post.
package struct PostsError: Error, Hashable {
    package enum Code: Sendable {
        /// There is no such post, or this viewer may not know of it.
        case notFound
        case invalid(field: String)
        case limitReached
        /// The author of the post does not let this account comment.
        case commentsClosed
        /// The author of the post does not let this account repost or quote it.
        case sharingClosed
        /// The account voted, and otherwise.
        case alreadyVoted
        /// The poll takes no votes any more.
        case pollClosed
    }

    package let code: Code
    package let detail: String

    package static let notFound = PostsError(code: .notFound, detail: "There is no such post.")
    package static let commentsClosed = PostsError(
        code: .commentsClosed, detail: "The author of this post does not take comments from you.")
    package static let sharingClosed = PostsError(
        code: .sharingClosed, detail: "The author of this post does not let you repost or quote it.")
    package static let alreadyVoted = PostsError(
        code: .alreadyVoted, detail: "You have voted in this poll, and a vote stays as it is.")
    package static let pollClosed = PostsError(
        code: .pollClosed, detail: "This poll takes no votes any more.")

    package static func invalid(_ field: String, _ detail: String) -> PostsError {
        PostsError(code: .invalid(field: field), detail: detail)
    }

    package static func limitReached(_ detail: String) -> PostsError {
        PostsError(code: .limitReached, detail: detail)
    }
}

extension PostsError.Code: Hashable {}
