import Core
import HTTPTypes
import Posts
import Timelines

/// Votes in polls. A poll itself comes with its post.
struct PollRoutes: Sendable {
    let services: APIServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/posts/{id}/votes", .required,
                Operation(
                    "vote", "Vote in a post's poll", tag: "Engagement", body: "Vote", answer: (200, "Post"),
                    problems: [404, 409]), handler: vote)
        ]
    }

    private func vote(_ request: APIRequest) async throws -> APIResponse {
        let id: ID<Post> = try request.id()
        let viewer = try request.viewer()
        // What is not there for the caller is no matter of the body.
        _ = try await services.posts.post(id, viewer: viewer)
        let body = try request.decode(VoteBody.self)
        return .json(FeedPresenter.json(try await services.posts.vote(body.choices, in: id, viewer: viewer)))
    }
}
