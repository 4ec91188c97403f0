import Posts

/// What a batch will be once the ids of its accounts are known: here they are places in an `AccountBook`.
struct DraftBatch {
    struct Post {
        var author: Int
        var content: String
        /// Milliseconds since 1970.
        var writtenAt: Int64
        var kind = ImportedKind.post
        var target: Int?
        /// As in `ImportedPost`.
        var original = ""
    }

    /// Follows and posts it may hold together.
    let sizeMax: Int
    /// Follower and followee by turns.
    var follows: [Int] = []
    var posts: [Post] = []
    /// The last line in it.
    var linesDone: Int64 = 0

    /// A line can bring two follows.
    var isFull: Bool { follows.count / 2 + posts.count > sizeMax - 2 }

    init(sizeMax: Int) {
        self.sizeMax = sizeMax
    }

    var places: [Int] {
        follows + posts.flatMap { [$0.author] + ($0.target.map { [$0] } ?? []) }
    }

    mutating func removeAll() {
        follows.removeAll()
        posts.removeAll()
    }

    func batch(_ accounts: AccountBook) -> ImportBatch {
        ImportBatch(
            follows: follows.map(accounts.id),
            posts: posts.map { post in
                AdminPost(
                    author: accounts.id(at: post.author), content: post.content, writtenAt: post.writtenAt,
                    kind: post.kind.rawValue, target: post.target.map(accounts.id), original: post.original)
            },
            linesDone: linesDone)
    }
}

/// What is sent at once.
struct ImportBatch: Sendable {
    /// Follower and followee by turns.
    var follows: [Int64] = []
    var posts: [AdminPost] = []
    /// How far the source is done with this batch.
    var linesDone: Int64

    /// The checkpoint follows its batch, so that a batch is sent twice rather than never.
    /// - Returns: how many follows and which posts were new.
    func send(to port: any AdminPort, source: String) async throws -> (follows: Int, posts: ImportedCounts) {
        let newFollows = follows.isEmpty ? 0 : try await port.importFollows(follows)
        let newPosts = try await port.importPosts(posts, source: source, linesDone: linesDone)
        return (newFollows, newPosts)
    }
}
