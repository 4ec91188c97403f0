import Core
import HTTPTypes
import Posts
import Telemetry

/// What clients say was seen, and what authors are told of it.
struct ViewRoutes: Sendable {
    let services: APIServices

    private static let tag = "Engagement"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/feed/seen", .required,
                Operation(
                    "notePostsSeen", "Say which posts you have had in sight", tag: Self.tag, body: "SeenPosts",
                    answer: (204, nil)), handler: seen),
            Endpoint(
                .get, "/v1/me/posts/{id}/stats", .required,
                Operation(
                    "getPostStats", "How a post of yours has fared", tag: Self.tag, answer: (200, "PostStats"),
                    problems: [404]), handler: stats),
        ]
    }

    private struct SeenBody: JSONReadable {
        static let fieldNames = ["post_ids"]

        let posts: [ID<Post>]

        init(_ fields: JSONFields) throws {
            guard case .list(let elements) = fields.optionalTree("post_ids"),
                (1...Limits.seenPostsMax).contains(elements.count)
            else {
                throw APIError.invalid("post_ids", "post_ids must be a list of 1 to \(Limits.seenPostsMax) ids.")
            }
            posts = try elements.map { element in
                guard case .string(let text) = element, let id = ID<Post>(text) else {
                    throw APIError.invalid("post_ids", "post_ids holds what is not an id: a decimal string.")
                }
                return id
            }
        }
    }

    private func seen(_ request: APIRequest) async throws -> APIResponse {
        let posts = try request.decode(SeenBody.self).posts
        try await services.posts.noteSeen(posts, by: try request.viewer())
        return .noContent
    }

    private func stats(_ request: APIRequest) async throws -> APIResponse {
        let stats = try await services.posts.stats(of: try request.id(), viewer: try request.viewer())
        return .json { json in
            json.raw("{\"post_id\":")
            json.id(stats.card.post.id.rawValue)
            let counts: [(StaticString, Int64)] = [
                ("views_count", stats.views), ("reach_count", stats.reach), ("likes_count", stats.card.likes),
                ("comments_count", stats.card.comments), ("shares_count", stats.card.shares),
                ("quotes_count", stats.card.quotes),
            ]
            for (name, count) in counts { Self.write(name, count, to: &json) }
            json.raw(",\"days\":[")
            for (index, day) in stats.days.enumerated() {
                json.raw(index > 0 ? ",{\"date\":" : "{\"date\":")
                json.string(String(Timestamp.string(day.day * 86_400_000).prefix(10)))
                Self.write("views", day.views, to: &json)
                Self.write("reach", day.reach, to: &json)
                Self.write("reactions", day.reactions, to: &json)
                json.raw("}")
            }
            json.raw("]}")
        }
    }

    private static func write(_ name: StaticString, _ count: Int64, to json: inout JSONWriter) {
        json.raw(",\"")
        json.raw(name)
        json.raw("\":")
        json.integer(count)
    }
}
