import Core
import Posts
import SocialGraph

/// One step of a schedule. Users are the model's numbers, posts their ids.
enum Operation: Sendable {
    case register
    case post(by: Int, Visibility)
    case reply(by: Int, to: Int64, Visibility)
    case edit(Int64, by: Int, Visibility?)
    case delete(Int64, by: Int)
    /// Taking somebody's comment from below one's own post.
    case remove(Int64, by: Int)
    case setComments(Int64, by: Int, CommentPolicy)
    case share(Int64, by: Int)
    case unshare(Int64, by: Int)
    case quote(by: Int, of: Int64, Visibility)
    /// What somebody says of a post for their own feed; nil takes it back.
    case feedback(Int64, by: Int, Feedback?)
    /// Nil takes the reaction back.
    case react(Int64, by: Int, Reaction?)
    case bookmark(Int64, by: Int, Bool)
    /// An edit that says who may share a post.
    case setSharing(Int64, by: Int, SharePolicy)
    case follow(Int, Int)
    case unfollow(Int, Int)
    case block(Int, Int)
    case unblock(Int, Int)
    case mute(Int, Int)
    case unmute(Int, Int)
    case befriend(Int, Int)
    case unfriend(Int, Int)
    case muteWords(Int, String, MutingScopes)
    case unmuteWords(Int, String)
    /// Lists are the numbers of one user's, in the order they were made.
    case makeList(by: Int, exclusive: Bool, ListedReplies)
    case changeList(by: Int, Int, exclusive: Bool, ListedReplies)
    case deleteList(by: Int, Int)
    case enlist(by: Int, Int, Int)
    case delist(by: Int, Int, Int)
    case setPrivate(Int, Bool)
    case accept(by: Int, from: Int)
    case reject(by: Int, from: Int)
    case suspend(Int)
    case reinstate(Int)
    case deleteAccount(Int)
    /// Posts from elsewhere, by author and time.
    case importPosts([(author: Int, writtenAt: Int64)])
    case importFollows([(Int, Int)])
    /// A few pages of a home feed, held to what must be true at any moment.
    case read(by: Int, limit: Int, pages: Int)
    case drainFanOut
    case stepFanOut(Int)
    case replay(part: Double, count: Int)
    case drainCounters
    case drainDeletions
    case dropTimeline(Int)
    case dropTimelines
    case restart
    case wait(milliseconds: Int64)

    var users: [Int] {
        switch self {
        case .post(let one, _), .reply(let one, _, _), .edit(_, let one, _), .delete(_, let one),
            .remove(_, let one), .setComments(_, let one, _), .share(_, let one), .unshare(_, let one),
            .setSharing(_, let one, _), .quote(let one, _, _),
            .feedback(_, let one, _), .react(_, let one, _), .bookmark(_, let one, _), .setPrivate(let one, _),
            .suspend(let one), .reinstate(let one), .deleteAccount(let one), .read(let one, _, _),
            .dropTimeline(let one), .muteWords(let one, _, _), .unmuteWords(let one, _),
            .makeList(let one, _, _), .changeList(let one, _, _, _), .deleteList(let one, _):
            [one]
        case .follow(let one, let other), .unfollow(let one, let other), .block(let one, let other),
            .unblock(let one, let other), .mute(let one, let other), .unmute(let one, let other),
            .befriend(let one, let other), .unfriend(let one, let other),
            .accept(let one, let other), .reject(let one, let other), .enlist(let one, _, let other),
            .delist(let one, _, let other):
            [one, other]
        case .importPosts(let posts): posts.map(\.author)
        case .importFollows(let pairs): pairs.flatMap { [$0.0, $0.1] }
        default: []
        }
    }

    /// Whether it belongs into the story of everyone.
    var concernsAll: Bool {
        switch self {
        case .drainFanOut, .stepFanOut, .replay, .drainCounters, .drainDeletions, .dropTimelines, .restart: true
        default: false
        }
    }
}

/// What came of an operation.
enum Outcome: Equatable, Sendable {
    case done
    case refused
    case following
    case requested
    /// New posts, by id and position, in the order asked for.
    case published([Published])

    struct Published: Equatable, Sendable {
        let id: Int64
        let position: Int64
    }

    /// Whether two outcomes are of one kind; the model cannot foretell ids.
    func isLike(_ other: Outcome) -> Bool {
        switch (self, other) {
        case (.published(let one), .published(let other)): one.count == other.count
        default: self == other
        }
    }
}
