import Accounts
import Core
import HTTPTypes
import SocialGraph

/// Follows, requests, blocks and mutes.
struct GraphRoutes: Sendable {
    let services: APIServices

    private static let tag = "Graph"

    var endpoints: [Endpoint] { follows + requests + restrictions + lists }

    private var follows: [Endpoint] {
        let unfollow = Endpoint(
            .delete, "/v1/users/{id}/follow", .required,
            Operation(
                "unfollow", "Stop following, or take back the request to", tag: Self.tag,
                answer: (200, "FollowState"), problems: [404, 422]), handler: unfollow)
        return [
            Endpoint(
                .post, "/v1/users/{id}/follow", .required,
                Operation(
                    "follow", "Follow an account, or ask to where it is private", tag: Self.tag,
                    answer: (200, "FollowState"), problems: [404, 409, 422]), handler: follow),
            unfollow,
            unfollow.alias("/v1/users/{id}/unfollow"),
            Endpoint(
                .get, "/v1/users/{id}/relationship", .required,
                Operation(
                    "getRelationship", "What stands between you and an account", tag: Self.tag,
                    answer: (200, "Relationship"), problems: [404]), handler: { try await relationship($0) }),
        ]
    }

    private var requests: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/me/follow-requests", .required,
                Operation(
                    "listFollowRequests", "Who asks to follow you", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "UserPage")), handler: { try await list(.requests(to: try $0.viewer()), $0) }),
            Endpoint(
                .post, "/v1/me/follow-requests/{id}/accept", .required,
                Operation(
                    "acceptFollowRequest", "Accept a follow request", tag: Self.tag, answer: (204, nil),
                    problems: [404, 422]),
                handler: {
                    try await services.graph.acceptRequest(try $0.viewer(), from: try $0.id())
                    return .noContent
                }),
            Endpoint(
                .post, "/v1/me/follow-requests/{id}/reject", .required,
                Operation(
                    "rejectFollowRequest", "Reject a follow request", tag: Self.tag, answer: (204, nil),
                    problems: [404]),
                handler: {
                    try await services.graph.rejectRequest(try $0.viewer(), from: try $0.id())
                    return .noContent
                }),
        ]
    }

    private var restrictions: [Endpoint] {
        [
            restriction(.post, "block", "Block an account: neither sees the other") {
                try await services.graph.block($0, $1)
            },
            restriction(.delete, "block", "Lift a block") { try await services.graph.unblock($0, $1) },
            restriction(.post, "mute", "Keep an account out of your home feed") {
                try await services.graph.mute($0, $1)
            },
            restriction(.delete, "mute", "Lift a mute") { try await services.graph.unmute($0, $1) },
        ]
    }

    private func restriction(
        _ method: HTTPRequest.Method, _ name: String, _ summary: String,
        _ perform: @escaping @Sendable (ID<Account>, ID<Account>) async throws -> Void
    ) -> Endpoint {
        Endpoint(
            method, "/v1/users/{id}/\(name)", .required,
            Operation(
                method == .post ? name : "un\(name)", summary, tag: Self.tag, answer: (200, "Relationship"),
                problems: [404, 422]),
            handler: { request in
                try await perform(try request.viewer(), try request.id())
                return try await relationship(request, evenAway: true)
            })
    }

    private var lists: [Endpoint] {
        [
            accountList("followers", "Who follows an account") { .followers(of: $0) },
            accountList("following", "Whom an account follows") { .following(of: $0) },
            Endpoint(
                .get, "/v1/me/blocks", .required,
                Operation(
                    "listBlocks", "Whom you block", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "UserPage")), handler: { try await list(.blocks(by: try $0.viewer()), $0) }),
            Endpoint(
                .get, "/v1/me/mutes", .required,
                Operation(
                    "listMutes", "Whom you mute", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "UserPage")), handler: { try await list(.mutes(by: try $0.viewer()), $0) }),
        ]
    }

    private func accountList(
        _ name: String, _ summary: String, _ make: @escaping @Sendable (ID<Account>) -> GraphService.List
    ) -> Endpoint {
        Endpoint(
            .get, "/v1/users/{id}/\(name)", .optional,
            Operation(
                "list" + (name == "followers" ? "Followers" : "Following"), summary, tag: Self.tag,
                parameters: ["cursor", "limit"],
                answer: (200, "UserPage"), problems: [404]),
            handler: { request in
                let viewer = request.principal?.accountID
                let card = try await services.visibleCard(try request.id(), to: viewer)
                let list = make(card.account.id)
                // A list that is hidden looks like an empty one, also in what it refuses.
                let isShown = try await services.graph.mayList(card.account, viewer: viewer)
                return try await self.list(list, request, isShown: isShown)
            })
    }

    private func follow(_ request: APIRequest) async throws -> APIResponse {
        answer(try await services.graph.follow(try request.viewer(), try request.id()))
    }

    private func unfollow(_ request: APIRequest) async throws -> APIResponse {
        answer(try await services.graph.unfollow(try request.viewer(), try request.id()))
    }

    private func answer(_ outcome: GraphService.FollowOutcome) -> APIResponse {
        .json { json in
            json.raw("{\"following\":")
            json.flag(outcome.following)
            json.raw(",\"requested\":")
            json.flag(outcome.requested)
            json.raw("}")
        }
    }

    private func relationship(_ request: APIRequest, evenAway: Bool = false) async throws -> APIResponse {
        let other: ID<Account> = try request.id()
        let found = try await services.graph.relationship(
            try request.viewer(), to: other, evenAway: evenAway)
        return .json { json in
            json.raw("{\"user_id\":")
            json.id(other.rawValue)
            let flags: [(StaticString, Bool)] = [
                ("following", found.following), ("followed_by", found.followedBy), ("requested", found.requested),
                ("requested_by", found.requestedBy), ("blocking", found.blocking), ("muting", found.muting),
            ]
            for (name, value) in flags {
                json.raw(",\"")
                json.raw(name)
                json.raw("\":")
                json.flag(value)
            }
            json.raw("}")
        }
    }

    private func list(
        _ list: GraphService.List, _ request: APIRequest, isShown: Bool = true
    ) async throws -> APIResponse {
        let before = try request.cursor(.users)?.first
        let limit = try request.limit()
        guard isShown else { return UserPayload.list([], next: nil) }
        let page = try await services.graph.page(
            list, viewer: request.principal?.accountID, before: before, limit: limit)
        return UserPayload.list(page.accounts, next: page.next.map { Cursor(.users, $0) })
    }
}
