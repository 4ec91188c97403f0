import Accounts
import Core
import HTTPTypes
import Posts
import Timelines

/// Drafts and scheduled posts, which only their author sees.
struct PlannedRoutes: Sendable {
    let services: APIServices

    private static let tag = "Posts"

    var endpoints: [Endpoint] {
        endpoints(of: .draft) + endpoints(of: .scheduled) + [
            Endpoint(
                .post, "/v1/me/drafts/{id}/publish", .required,
                Operation(
                    "publishDraft", "Publish a draft now", tag: Self.tag, parameters: ["idempotencyKey"],
                    answer: (201, "Post"), problems: [403, 404, 409, 422]),
                handler: publish)
        ]
    }

    /// How the two lists are called.
    private struct Names {
        let path: String
        let one: String
        let many: String
        let schema: String
    }

    private static func names(of kind: PlannedPost.Kind) -> Names {
        switch kind {
        case .draft: Names(path: "/v1/me/drafts", one: "draft", many: "drafts", schema: "Draft")
        case .scheduled:
            Names(path: "/v1/me/scheduled", one: "scheduled post", many: "scheduled posts", schema: "ScheduledPost")
        }
    }

    private func endpoints(of kind: PlannedPost.Kind) -> [Endpoint] {
        let names = Self.names(of: kind)
        return [
            Endpoint(
                .post, names.path, .required,
                Operation(
                    "create" + names.schema, kind == .draft ? "Keep a draft" : "Schedule a post", tag: Self.tag,
                    parameters: ["idempotencyKey"], body: "New" + names.schema, answer: (201, names.schema),
                    problems: [403, 404, 409]),
                handler: { try await create(kind, $0) }),
            Endpoint(
                .get, names.path, .required,
                Operation(
                    "list" + names.schema + "s", "Your \(names.many), newest first", tag: Self.tag,
                    parameters: ["cursor", "limit"], answer: (200, names.schema + "Page")),
                handler: { try await list(kind, $0) }),
            Endpoint(
                .put, names.path + "/{id}", .required,
                Operation(
                    "change" + names.schema, "Replace a \(names.one)", tag: Self.tag, body: "New" + names.schema,
                    answer: (200, names.schema), problems: [403, 404]),
                handler: { try await change(kind, $0) }),
            Endpoint(
                .delete, names.path + "/{id}", .required,
                Operation(
                    "delete" + names.schema, "Delete a \(names.one)", tag: Self.tag, answer: (204, nil),
                    problems: [404]),
                handler: { request in
                    try await services.posts.deletePlanned(try request.id(), kind, author: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private func create(_ kind: PlannedPost.Kind, _ request: APIRequest) async throws -> APIResponse {
        let ((draft, time), author) = (try Self.body(kind, request), try request.viewer())
        let (made, replayed) = try await services.once(request, Self.names(of: kind).path) { note in
            (
                planned: try await services.posts.plan(draft, at: time, author: author, noting: note),
                post: ID<Post>?.none
            )
        } again: {
            try await services.posts.planned(ID($0), of: author, askedFor: draft, at: time)
        }
        return Self.answer(made.planned, became: made.post, status: 201).replayed(replayed)
    }

    private func publish(_ request: APIRequest) async throws -> APIResponse {
        let (id, author): (ID<PlannedPost>, ID<Account>) = (try request.id(), try request.viewer())
        let (shown, replayed) = try await services.once(request, "/v1/me/drafts/\(id)/publish") { note in
            try await services.posts.publishDraft(id, author: author, noting: note)
        } again: {
            try await services.posts.post(ID($0), viewer: author)
        }
        return .json(FeedPresenter.json(shown), status: 201).replayed(replayed)
    }

    private func change(_ kind: PlannedPost.Kind, _ request: APIRequest) async throws -> APIResponse {
        let (id, author): (ID<PlannedPost>, ID<Account>) = (try request.id(), try request.viewer())
        // What is not there is no matter of the body.
        _ = try await services.posts.planned(id, kind, of: author)
        let (draft, time) = try Self.body(kind, request)
        return Self.answer(try await services.posts.replacePlanned(id, with: draft, at: time, author: author))
    }

    /// A time is what tells the one from the other.
    private static func body(
        _ kind: PlannedPost.Kind, _ request: APIRequest
    ) throws -> (draft: PostDraft, time: Int64?) {
        let body = try request.decode(PlannedBody.self)
        guard (kind == .scheduled) == (body.scheduledAt != nil) else {
            let detail = kind == .draft ? "A draft has no time; schedule it instead." : "scheduled_at is missing."
            throw APIError.invalid("scheduled_at", detail)
        }
        return (body.draft, body.scheduledAt)
    }

    private func list(_ kind: PlannedPost.Kind, _ request: APIRequest) async throws -> APIResponse {
        let page = try await services.posts.planned(
            kind, of: try request.viewer(), before: try request.cursor(.planned)?.first, limit: try request.limit())
        return .json { json in
            json.raw(kind == .draft ? "{\"drafts\":[" : "{\"scheduled\":[")
            for (index, planned) in page.posts.enumerated() {
                if index > 0 { json.raw(",") }
                planned.write(id: Self.idName(kind), to: &json)
            }
            json.raw("],\"next_cursor\":")
            json.string(page.next.map { Cursor(.planned, $0).description })
            json.raw("}")
        }
    }

    private static func answer(_ planned: PlannedPost, became post: ID<Post>? = nil, status: Int = 200) -> APIResponse {
        var json = JSONWriter()
        planned.write(id: idName(planned.kind), became: post, to: &json)
        return .json(json.bytes, status: status)
    }

    private static func idName(_ kind: PlannedPost.Kind) -> StaticString {
        kind == .draft ? "draft_id" : "scheduled_id"
    }
}
