import Accounts
import Core
import HTTPTypes
import Posts
import Timelines

/// Comments, which are posts that answer one, and what authors decide about their posts: who comments, and which are
/// shown first.
struct CommentRoutes: Sendable {
    let services: APIServices

    private static let tag = "Comments"

    var endpoints: [Endpoint] { lists + single + ownPosts }

    private var lists: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/posts/{id}/comments", .required,
                Operation(
                    "createComment", "Comment on a post", tag: Self.tag, parameters: ["idempotencyKey"],
                    body: "NewComment", answer: (201, "Comment"), problems: [403, 404, 409]), handler: publish),
            Endpoint(
                .get, "/v1/posts/{id}/comments", .optional,
                Operation(
                    "listComments", "The comments on a post", tag: Self.tag,
                    parameters: ["cursor", "limit", "sort", "parent"], answer: (200, "CommentPage"), problems: [404]),
                handler: comments),
            Endpoint(
                .get, "/v1/comments/{id}/comments", .optional,
                Operation(
                    "listReplies", "The replies to a comment", tag: Self.tag,
                    parameters: ["cursor", "limit", "sort"], answer: (200, "CommentPage"), problems: [404]),
                handler: replies),
        ]
    }

    private var single: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/comments/{id}", .optional,
                Operation("getComment", "A comment", tag: Self.tag, answer: (200, "Comment"), problems: [404]),
                handler: comment),
            Endpoint(
                .put, "/v1/comments/{id}", .required,
                Operation(
                    "editComment", "Change your comment; its old text stays in its history", tag: Self.tag,
                    body: "PostChanges", answer: (200, "Comment"), problems: [403, 404]), handler: edit),
            Endpoint(
                .delete, "/v1/comments/{id}", .required,
                Operation(
                    "deleteComment", "Delete your comment, or remove somebody's below your post", tag: Self.tag,
                    answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.posts.removeComment(try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private var ownPosts: [Endpoint] {
        [
            Endpoint(
                .put, "/v1/posts/{id}/settings", .required,
                Operation(
                    "setPostSettings", "Say who may comment on your post, and who may share it", tag: Self.tag,
                    body: "NewPostSettings", answer: (200, "Post"), problems: [404]), handler: setSettings),
            Endpoint(
                .post, "/v1/posts/{id}/pin", .required,
                Operation(
                    "pinPost", "Show your post first on your profile", tag: "Posts", answer: (200, "Post"),
                    problems: [404, 422]),
                handler: { request in
                    let shown = try await services.posts.pin(try request.id(), viewer: try request.viewer())
                    return .json(FeedPresenter.json(shown))
                }),
            Endpoint(
                .delete, "/v1/posts/{id}/pin", .required,
                Operation("unpinPost", "Take a pin back", tag: "Posts", answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.posts.unpin(try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private struct NewCommentBody: JSONReadable {
        static let fieldNames = ["content", "visibility", "reply_to"]

        let content: String
        let visibility: String?
        let replyTo: ID<Post>?

        init(_ fields: JSONFields) throws {
            content = try fields.string("content")
            visibility = try fields.optionalString("visibility")
            replyTo = try fields.optionalID("reply_to")
        }
    }

    private func publish(_ request: APIRequest) async throws -> APIResponse {
        let (id, viewer): (ID<Post>, ID<Account>) = (try request.id(), try request.viewer())
        let body = try request.decode(NewCommentBody.self)
        let content = try PostContent(body.content)
        let visibility = try body.visibility.map(Visibility.named) ?? .everyone
        let draft = PostDraft(content: content, visibility: visibility, replyTo: body.replyTo ?? id)
        // With the post in it: the same key on another post is another command.
        let (shown, replayed) = try await services.once(request, "/v1/posts/\(id)/comments") { note in
            // What was made is told of also when what it answers is gone.
            _ = try await services.posts.post(id, viewer: viewer)
            if let parent = body.replyTo { try await require(parent, below: id, viewer, field: "reply_to") }
            return try await services.posts.publish(draft, author: viewer, noting: note)
        } again: {
            try await services.posts.post(ID($0), viewer: viewer)
        }
        return .json(FeedPresenter.json(comment: shown), status: 201).replayed(replayed)
    }

    private func require(
        _ comment: ID<Post>, below post: ID<Post>, orDeleted: Bool = false, _ viewer: ID<Account>?, field: String
    ) async throws {
        if comment == post { return }
        guard try await services.posts.isComment(comment, below: post, orDeleted: orDeleted, viewer: viewer) else {
            throw APIError.invalid(field, "\(field) names no comment below this post that you can see.")
        }
    }

    private func comments(_ request: APIRequest) async throws -> APIResponse {
        let (id, viewer): (ID<Post>, ID<Account>?) = (try request.id(), request.principal?.accountID)
        guard let text = request.query["parent"] else { return try await page(of: id, request) }
        _ = try await services.posts.post(id, viewer: viewer)
        guard let parent = ID<Post>(text) else { throw APIError.invalid("parent", "parent is not an id.") }
        try await require(parent, below: id, orDeleted: true, viewer, field: "parent")
        return try await page(of: parent, request)
    }

    private func replies(_ request: APIRequest) async throws -> APIResponse {
        let id: ID<Post> = try request.id()
        guard try await services.posts.isComment(id, viewer: request.principal?.accountID) else {
            throw PostsError.notFound
        }
        return try await page(of: id, request)
    }

    private func page(of id: ID<Post>, _ request: APIRequest) async throws -> APIResponse {
        let name = request.query["sort"] ?? CommentOrder.newest.rawValue
        guard let order = CommentOrder(rawValue: name) else {
            throw APIError.invalid("sort", "sort must be newest, oldest or top.")
        }
        let (kind, count): (Cursor.Kind, Int) =
            switch order {
            case .newest: (.newestComments, 1)
            case .oldest: (.oldestComments, 1)
            case .top: (.topComments, 2)
            }
        let page = try await services.posts.comments(
            on: id, viewer: request.principal?.accountID, by: order,
            after: try request.cursor(kind, count: count), limit: try request.limit())
        return .json(
            FeedPresenter.json(comments: page.comments, next: page.next.map { Cursor(kind, numbers: $0) }))
    }

    private func comment(_ request: APIRequest) async throws -> APIResponse {
        let shown = try await services.posts.comment(try request.id(), viewer: request.principal?.accountID)
        return .json(FeedPresenter.json(comment: shown))
    }

    private func edit(_ request: APIRequest) async throws -> APIResponse {
        let (id, viewer): (ID<Post>, ID<Account>) = (try request.id(), try request.viewer())
        let body = try request.decode(PostChangesBody.self)
        let (content, visibility) = (try PostContent(body.content), try body.visibility.map(Visibility.named))
        _ = try await services.posts.comment(id, viewer: viewer)
        let shown = try await services.posts.edit(
            id, content: content, visibility: visibility, sharePolicy: body.sharePolicy, viewer: viewer)
        return .json(FeedPresenter.json(comment: shown))
    }

    private func setSettings(_ request: APIRequest) async throws -> APIResponse {
        let id: ID<Post> = try request.id()
        let body = try request.decode(PostSettingsBody.self)
        let shown = try await services.posts.setPolicies(
            comments: body.comments, shares: body.sharePolicy, of: id, viewer: try request.viewer())
        return .json(FeedPresenter.json(shown))
    }
}
