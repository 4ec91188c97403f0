import Accounts
import Core
import HTTPTypes
import Timelines

/// The home feed.
struct FeedRoutes: Sendable {
    let services: APIServices

    var endpoints: [Endpoint] {
        let feed = Endpoint(
            .get, "/v1/feed", .required,
            Operation(
                "getFeed", "Your home feed, newest first", tag: "Feed",
                parameters: ["cursor", "limit", "since", "order"], answer: (200, "FeedPage"), problems: [410]),
            warm: warmFeed, handler: feed)
        return [feed, feed.alias("/v1/me/feed")]
    }

    private func feed(_ request: APIRequest) async throws -> APIResponse {
        guard ["chronological", nil].contains(request.query["order"]) else {
            throw APIError.invalid("order", "order must be chronological.")
        }
        if request.query["since"] != nil { return try await since(request) }
        let before = try request.cursor(.feed)?.first ?? .max
        let page = try await services.feed.page(
            of: try request.viewer(), before: Position(before), limit: try request.limit())
        return answer(page, next: page.next.map { Cursor(.feed, $0.rawValue) })
    }

    private func warmFeed(_ request: APIRequest, _ splicer: inout ByteSplicer) -> Bool {
        guard request.query["since"] == nil, ["chronological", nil].contains(request.query["order"]),
            let viewer = request.principal?.accountID,
            let limit = try? request.limit(), let before = try? request.cursor(.feed)?.first ?? .max
        else { return false }
        return services.feed.layWarmPage(of: viewer, before: Position(before), limit: limit, to: &splicer)
    }

    /// The cursor of such a page holds the end of its span, so that every page is of the same one.
    private func since(_ request: APIRequest) async throws -> APIResponse {
        let since = try request.cursor(.latest, name: "since")?.first ?? 0
        let place = try request.cursor(.since, count: 2)
        let page = try await services.feed.page(
            of: try request.viewer(), since: since, through: place?.first, before: Position(place?.last ?? .max),
            limit: try request.limit())
        return answer(page, next: page.next.map { Cursor(.since, page.latest, $0.rawValue) })
    }

    private func answer(_ page: FeedPage, next: Cursor?) -> APIResponse {
        .json(
            FeedPresenter.json(
                page.posts, next: next, latest: Cursor(.latest, page.latest)))
    }
}
