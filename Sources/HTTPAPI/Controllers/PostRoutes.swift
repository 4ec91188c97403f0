import Accounts
import Core
import HTTPTypes
import Posts
import Telemetry
import Timelines

/// Writing, changing and reading posts.
struct PostRoutes: Sendable {
    let services: APIServices

    private static let tag = "Posts"
    /// The scope of idempotency keys; the alias shares it, since it is the same command.
    private static let publishRoute = "/v1/posts"

    var endpoints: [Endpoint] {
        let publish = Endpoint(
            .post, "/v1/posts", .required,
            Operation(
                "createPost", "Publish a post", tag: Self.tag, parameters: ["idempotencyKey"], body: "NewPost",
                answer: (201, "Post"), problems: [403, 404, 409]), handler: publish)
        return [
            publish,
            publish.alias("/v1/me/feed"),
            Endpoint(
                .get, "/v1/posts/{id}", .optional,
                Operation("getPost", "A post", tag: Self.tag, answer: (200, "Post"), problems: [404]),
                warm: warmPost, handler: post),
            Endpoint(
                .put, "/v1/posts/{id}", .required,
                Operation(
                    "editPost", "Change your post; its old text stays in its history", tag: Self.tag,
                    body: "PostChanges", answer: (200, "Post"), problems: [403, 404]), handler: edit),
            Endpoint(
                .delete, "/v1/posts/{id}", .required,
                Operation("deletePost", "Delete your post", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: delete),
            Endpoint(
                .get, "/v1/posts/{id}/history", .optional,
                Operation(
                    "getPostHistory", "The versions of a post, newest first", tag: Self.tag,
                    answer: (200, "RevisionPage"), problems: [404]), handler: history),
            Endpoint(
                .get, "/v1/users/{id}/posts", .optional,
                Operation(
                    "listUserPosts", "The posts of an account, newest first", tag: Self.tag,
                    parameters: ["cursor", "limit", "replies", "pinned"], answer: (200, "PostPage"), problems: [404]),
                handler: userPosts),
        ]
    }

    private struct NewPostBody: JSONReadable {
        static let fieldNames = [
            "content", "visibility", "reply_to", "share_policy", "quote_of", "poll", "scheduled_at",
        ]

        let content: String
        let visibility: String?
        let replyTo: ID<Post>?
        let sharePolicy: SharePolicy?
        let quoteOf: ID<Post>?
        let poll: PollDraft?

        init(_ fields: JSONFields) throws {
            content = try fields.string("content")
            visibility = try fields.optionalString("visibility")
            replyTo = try fields.optionalID("reply_to")
            sharePolicy = try fields.optionalString("share_policy").map(SharePolicy.named)
            quoteOf = try fields.optionalID("quote_of")
            poll = try fields.optionalTree("poll").map(PollDraft.init)
            // Who asks for later must not have it now.
            guard fields.isAbsent("scheduled_at") else {
                throw APIError.invalid("scheduled_at", "Posts are scheduled by POST /v1/me/scheduled.")
            }
        }
    }

    private func publish(_ request: APIRequest) async throws -> APIResponse {
        let author = try request.viewer()
        let body = try request.decode(NewPostBody.self)
        var draft = PostDraft(
            content: try PostContent(body.content), visibility: try body.visibility.map(Visibility.named) ?? .everyone,
            replyTo: body.replyTo)
        draft.sharePolicy = body.sharePolicy ?? .everyone
        draft.quoteOf = body.quoteOf
        draft.poll = body.poll
        let new = draft
        let (shown, replayed) = try await services.once(request, Self.publishRoute) { note in
            try await services.posts.publish(new, author: author, noting: note)
        } again: {
            try await services.posts.post(ID($0), viewer: author)
        }
        return .json(FeedPresenter.json(shown), status: 201).replayed(replayed)
    }

    private func post(_ request: APIRequest) async throws -> APIResponse {
        let shown = try await services.posts.post(try request.id(), viewer: request.principal?.accountID)
        return .json(FeedPresenter.json(shown))
    }

    private func warmPost(_ request: APIRequest, _ splicer: inout ByteSplicer) -> Bool {
        guard let id: ID<Post> = try? request.id(),
            let shown = services.posts.cachedPost(id, viewer: request.principal?.accountID)
        else { return false }
        shown.write(to: &splicer)
        return true
    }

    private func edit(_ request: APIRequest) async throws -> APIResponse {
        let id: ID<Post> = try request.id()
        let body = try request.decode(PostChangesBody.self)
        let shown = try await services.posts.edit(
            id, content: try PostContent(body.content), visibility: try body.visibility.map(Visibility.named),
            sharePolicy: body.sharePolicy, viewer: try request.viewer())
        return .json(FeedPresenter.json(shown))
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await services.posts.delete(try request.id(), viewer: try request.viewer())
        return .noContent
    }

    private func history(_ request: APIRequest) async throws -> APIResponse {
        let revisions = try await services.posts.history(
            try request.id(), viewer: request.principal?.accountID)
        return .json { json in
            json.raw("{\"revisions\":[")
            for (index, revision) in revisions.enumerated() {
                if index > 0 { json.raw(",") }
                write(revision, to: &json)
            }
            json.raw("],\"next_cursor\":null}")
        }
    }

    private func write(_ revision: PostRevision, to json: inout JSONWriter) {
        json.raw("{\"version\":")
        json.integer(revision.version)
        json.raw(",\"content\":")
        json.string(revision.content)
        json.raw(",\"visibility\":")
        json.string(revision.visibility.name)
        json.raw(",\"written_at\":")
        json.string(Timestamp.string(revision.writtenAt))
        json.raw("}")
    }

    private func userPosts(_ request: APIRequest) async throws -> APIResponse {
        guard try !request.flag("pinned") else {
            let pinned = try await services.posts.pinnedPosts(
                of: try request.id(), viewer: request.principal?.accountID)
            return .json(FeedPresenter.json(pinned, next: nil))
        }
        let before = try request.cursor(.userPosts)?.first ?? .max
        let (posts, next) = try await services.posts.posts(
            of: try request.id(), viewer: request.principal?.accountID, before: Position(before),
            limit: try request.limit(), replies: try request.flag("replies"))
        return .json(
            FeedPresenter.json(posts, next: next.map { Cursor(.userPosts, $0.rawValue) }))
    }
}
