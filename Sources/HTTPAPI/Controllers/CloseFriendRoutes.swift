import Core
import HTTPTypes
import SocialGraph

/// Whom the caller lets see posts for close friends. Nobody else can find that out.
struct CloseFriendRoutes: Sendable {
    let services: APIServices

    private static let tag = "Graph"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/me/close-friends", .required,
                Operation(
                    "listCloseFriends", "Your close friends", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "UserPage")), handler: list),
            Endpoint(
                .put, "/v1/me/close-friends/{id}", .required,
                Operation(
                    "addCloseFriend", "Count an account among your close friends", tag: Self.tag, answer: (204, nil),
                    problems: [404, 409, 422]),
                handler: {
                    try await services.graph.addCloseFriend(try $0.id(), of: try $0.viewer())
                    return .noContent
                }),
            Endpoint(
                .delete, "/v1/me/close-friends/{id}", .required,
                Operation(
                    "removeCloseFriend", "Take an account off your close friends", tag: Self.tag, answer: (204, nil),
                    problems: [404, 422]),
                handler: {
                    try await services.graph.removeCloseFriend(try $0.id(), of: try $0.viewer())
                    return .noContent
                }),
        ]
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let viewer = try request.viewer()
        let page = try await services.graph.page(
            .closeFriends(of: viewer), viewer: viewer, before: try request.cursor(.users)?.first,
            limit: try request.limit())
        return UserPayload.list(page.accounts, next: page.next.map { Cursor(.users, $0) })
    }
}
