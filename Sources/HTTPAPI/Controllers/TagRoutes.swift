import Accounts
import Core
import HTTPTypes
import Posts
import Timelines

/// Hashtags: their posts, following them, and what many use now.
struct TagRoutes: Sendable {
    let services: APIServices

    private static let tag = "Tags"

    var endpoints: [Endpoint] { posts + follows }

    private var posts: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/tags/{tag}/posts", .optional,
                Operation(
                    "listTagPosts", "The posts with a hashtag", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "PostPage"), problems: [404]),
                handler: { request in
                    let page = try await services.posts.posts(
                        tagged: try Self.tag(request), viewer: request.principal?.accountID,
                        before: try Self.place(request), limit: try request.limit())
                    return Self.answer(page)
                }),
            Endpoint(
                .get, "/v1/me/tags/feed", .required,
                Operation(
                    "getTagFeed", "The posts with any of the hashtags you follow", tag: Self.tag,
                    parameters: ["cursor", "limit"], answer: (200, "PostPage")),
                handler: { request in
                    let page = try await services.posts.postsOfFollowedTags(
                        viewer: try request.viewer(), before: try Self.place(request), limit: try request.limit())
                    return Self.answer(page)
                }),
            Endpoint(
                .get, "/v1/tags/trending", .optional,
                Operation(
                    "listTrendingTags", "The hashtags that many use now", tag: Self.tag, parameters: ["window"],
                    answer: (200, "TrendingTags")), handler: trending),
        ]
    }

    private var follows: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/me/tags", .required,
                Operation("listFollowedTags", "The hashtags you follow", tag: Self.tag, answer: (200, "TagList")),
                handler: { request in
                    let tags = try await services.posts.followedTags(of: try request.viewer())
                    return .json { json in
                        json.raw("{\"tags\":[")
                        for (index, tag) in tags.enumerated() {
                            json.raw(index > 0 ? ",{\"tag\":" : "{\"tag\":")
                            json.string(tag)
                            json.raw("}")
                        }
                        json.raw("]}")
                    }
                }),
            Endpoint(
                .post, "/v1/tags/{tag}/follow", .required,
                Operation(
                    "followTag", "Follow a hashtag", tag: Self.tag, answer: (204, nil), problems: [404, 422]),
                handler: { request in
                    try await services.posts.followTag(try Self.tag(request), viewer: try request.viewer())
                    return .noContent
                }),
            Endpoint(
                .delete, "/v1/tags/{tag}/follow", .required,
                Operation(
                    "unfollowTag", "Stop following a hashtag", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.posts.unfollowTag(try Self.tag(request), viewer: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private static func tag(_ request: APIRequest) throws -> String {
        guard let tag = request.parameters["tag"] else { throw APIError.notFound }
        return tag
    }

    private static func place(_ request: APIRequest) throws -> Position {
        Position(try request.cursor(.tagged)?.first ?? .max)
    }

    private static func answer(_ page: PostService.TagPage) -> APIResponse {
        .json(FeedPresenter.json(page.posts, next: page.next.map { Cursor(.tagged, $0.rawValue) }))
    }

    private func trending(_ request: APIRequest) async throws -> APIResponse {
        guard let window = TrendWindow(rawValue: request.query["window"] ?? TrendWindow.day.rawValue) else {
            throw APIError.invalid("window", "window must be hour, day or week.")
        }
        let tags = try await services.posts.trending.tags(window)
        return .json { json in
            json.raw("{\"tags\":[")
            for (index, tag) in tags.enumerated() {
                json.raw(index > 0 ? ",{\"tag\":" : "{\"tag\":")
                json.string(tag.tag)
                json.raw(",\"authors_count\":")
                json.integer(Int64(tag.authors))
                json.raw("}")
            }
            json.raw("]}")
        }
    }
}
