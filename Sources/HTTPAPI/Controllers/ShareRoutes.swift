import Accounts
import Core
import HTTPTypes
import Posts
import Timelines

/// Reposts and quotes. What goes for a post goes for a comment, which is one.
struct ShareRoutes: Sendable {
    let services: APIServices

    private static let tag = "Engagement"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/posts/{id}/share", .required,
                Operation(
                    "share", "Repost a post", tag: Self.tag, parameters: ["idempotencyKey"], answer: (201, "Post"),
                    alsoAnswers: [200], problems: [403, 404, 409]), handler: share),
            Endpoint(
                .delete, "/v1/posts/{id}/share", .required,
                Operation("unshare", "Take your repost back", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.posts.unshare(try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
            Endpoint(
                .get, "/v1/posts/{id}/shares", .optional,
                Operation(
                    "listShares", "Who reposted a post, newest first", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "UserPage"), problems: [404]), handler: sharers),
            Endpoint(
                .get, "/v1/posts/{id}/quotes", .optional,
                Operation(
                    "listQuotes", "The posts that quote a post, newest first", tag: Self.tag,
                    parameters: ["cursor", "limit"], answer: (200, "PostPage"), problems: [404]), handler: quotes),
        ]
    }

    private func share(_ request: APIRequest) async throws -> APIResponse {
        let (id, viewer): (ID<Post>, ID<Account>) = (try request.id(), try request.viewer())
        let (share, replayed) = try await services.once(request, "/v1/posts/\(id)/share") { note in
            try await services.posts.share(id, viewer: viewer, noting: note)
        } again: {
            (shown: try await services.posts.post(ID($0), viewer: viewer), isNew: true)
        }
        return .json(FeedPresenter.json(share.shown), status: share.isNew ? 201 : 200).replayed(replayed)
    }

    private func quotes(_ request: APIRequest) async throws -> APIResponse {
        let before = try request.cursor(.quotes)?.first ?? .max
        let page = try await services.posts.quotes(
            of: try request.id(), viewer: request.principal?.accountID, before: Position(before),
            limit: try request.limit())
        return .json(FeedPresenter.json(page.posts, next: page.next.map { Cursor(.quotes, $0.rawValue) }))
    }

    private func sharers(_ request: APIRequest) async throws -> APIResponse {
        let before = try request.cursor(.shares)?.first ?? .max
        let page = try await services.posts.sharers(
            of: try request.id(), viewer: request.principal?.accountID, before: Position(before),
            limit: try request.limit())
        return UserPayload.list(page.accounts, next: page.next.map { Cursor(.shares, $0.rawValue) })
    }
}

extension SharePolicy {
    /// - Throws: `Problem` 422 for another name.
    static func named(_ name: String) throws -> SharePolicy {
        guard let policy = SharePolicy(name: name) else {
            throw APIError.invalid("share_policy", "share_policy must be everyone, followers or nobody.")
        }
        return policy
    }
}
