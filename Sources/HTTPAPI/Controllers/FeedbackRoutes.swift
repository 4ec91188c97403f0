import Core
import Engagement
import HTTPTypes
import Posts

/// What a reader wants to see more or less of, and not at all.
struct FeedbackRoutes: Sendable {
    let services: APIServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/posts/{id}/feedback", .required,
                Operation(
                    "giveFeedback", "Ask for more or less like a post, or hide it from your home feed",
                    tag: "Engagement", body: "NewFeedback", answer: (204, nil), problems: [404]), handler: give),
            Endpoint(
                .delete, "/v1/posts/{id}/feedback", .required,
                Operation(
                    "takeFeedbackBack", "Take back what you said of a post; a hidden one is in your feed again",
                    tag: "Engagement", answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.feedback.takeBack(try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private struct Body: JSONReadable {
        static let fieldNames = ["kind"]

        let kind: String

        init(_ fields: JSONFields) throws {
            kind = try fields.string("kind")
        }
    }

    private func give(_ request: APIRequest) async throws -> APIResponse {
        let id: ID<Post> = try request.id()
        guard let feedback = Feedback(name: try request.decode(Body.self).kind) else {
            throw APIError.invalid("kind", "kind must be more, less or hide.")
        }
        try await services.feedback.give(feedback, on: id, viewer: try request.viewer())
        return .noContent
    }
}
