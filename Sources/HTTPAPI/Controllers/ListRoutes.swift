import Accounts
import Core
import HTTPTypes
import SocialGraph
import Timelines

/// Lists of accounts, each with a feed of its own. They are their owners' alone: to everybody else there are none.
struct ListRoutes: Sendable {
    let services: APIServices

    private static let tag = "Lists"

    var endpoints: [Endpoint] { lists + single + members }

    private var lists: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/lists", .required,
                Operation(
                    "listLists", "Your lists", tag: Self.tag, parameters: ["cursor", "limit", "member"],
                    answer: (200, "ListPage")), handler: list),
            Endpoint(
                .post, "/v1/lists", .required,
                Operation(
                    "createList", "Make a list", tag: Self.tag, parameters: ["idempotencyKey"], body: "NewList",
                    answer: (201, "List"), problems: [404, 409]), handler: create),
        ]
    }

    private var single: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/lists/{id}", .required,
                Operation("getList", "A list of yours", tag: Self.tag, answer: (200, "List"), problems: [404]),
                handler: { request in
                    let list = try await own(request)
                    return .json { Self.write(list, to: &$0) }
                }),
            Endpoint(
                .put, "/v1/lists/{id}", .required,
                Operation(
                    "updateList", "Change a list", tag: Self.tag, body: "ListChanges", answer: (200, "List"),
                    problems: [404]),
                handler: { request in
                    let id = try await own(request).id
                    let list = try await services.graph.changeList(
                        id, try request.decode(ListBody.self).changes, viewer: try request.viewer())
                    return .json { Self.write(list, to: &$0) }
                }),
            Endpoint(
                .delete, "/v1/lists/{id}", .required,
                Operation("deleteList", "Delete a list", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.graph.deleteList(try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
            Endpoint(
                .get, "/v1/lists/{id}/feed", .required,
                Operation(
                    "getListFeed", "What the members of a list post and share, newest first", tag: Self.tag,
                    parameters: ["cursor", "limit"], answer: (200, "PostPage"), problems: [404]), handler: feed),
        ]
    }

    private var members: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/lists/{id}/members", .required,
                Operation(
                    "listListMembers", "Who is on a list", tag: Self.tag, parameters: ["cursor", "limit"],
                    answer: (200, "UserPage"), problems: [404]), handler: listMembers),
            Endpoint(
                .post, "/v1/lists/{id}/members", .required,
                Operation(
                    "addListMembers", "Put accounts that you follow on a list", tag: Self.tag, body: "NewListMembers",
                    answer: (200, "List"), problems: [404]),
                handler: { request in
                    let id = try await own(request).id
                    let list = try await services.graph.addMembers(
                        try request.decode(MembersBody.self).accounts, to: id, viewer: try request.viewer())
                    return .json { Self.write(list, to: &$0) }
                }),
            Endpoint(
                .delete, "/v1/lists/{id}/members/{user_id}", .required,
                Operation(
                    "removeListMember", "Take an account from a list", tag: Self.tag, answer: (204, nil),
                    problems: [404]),
                handler: { request in
                    try await services.graph.removeMember(
                        try request.id("user_id"), from: try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let (body, viewer) = (try request.decode(ListBody.self), try request.viewer())
        guard body.changes.title != nil else { throw APIError.invalid("title", "title is missing.") }
        let (list, replayed) = try await services.once(request, "/v1/lists") { note in
            try await services.graph.makeList(body.changes, viewer: viewer, noting: note)
        } again: {
            try await services.graph.accountList(ID($0), viewer: viewer)
        }
        return APIResponse.json(status: 201) { Self.write(list, to: &$0) }.replayed(replayed)
    }

    /// What is not there is told before what is wrong with the body.
    private func own(_ request: APIRequest) async throws -> AccountList {
        try await services.graph.accountList(try request.id(), viewer: try request.viewer())
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let member = try request.query["member"].map { text in
            guard let id = ID<Account>(text) else {
                throw APIError.invalid("member", "member is not an id: a decimal string.")
            }
            return id
        }
        let page = try await services.graph.accountLists(
            of: try request.viewer(), with: member, before: try request.cursor(.lists)?.first,
            limit: try request.limit())
        return .json { json in
            json.raw("{\"lists\":[")
            for (index, list) in page.lists.enumerated() {
                if index > 0 { json.raw(",") }
                Self.write(list, to: &json)
            }
            json.raw("],\"next_cursor\":")
            json.string(page.next.map { Cursor(.lists, $0).description })
            json.raw("}")
        }
    }

    private func feed(_ request: APIRequest) async throws -> APIResponse {
        let viewer = try request.viewer()
        let before = try request.cursor(.listFeed)?.first ?? .max
        let scope = try await services.graph.scope(of: try request.id(), viewer: viewer)
        let page = try await services.feed.page(
            of: scope, viewer: viewer, before: Position(before), limit: try request.limit())
        return .json(FeedPresenter.json(page.posts, next: page.next.map { Cursor(.listFeed, $0.rawValue) }))
    }

    private func listMembers(_ request: APIRequest) async throws -> APIResponse {
        let page = try await services.graph.members(
            of: try request.id(), viewer: try request.viewer(), before: try request.cursor(.users)?.first,
            limit: try request.limit())
        return UserPayload.list(page.accounts, next: page.next.map { Cursor(.users, $0) })
    }

    private static func write(_ list: AccountList, to json: inout JSONWriter) {
        json.raw("{\"list_id\":")
        json.id(list.id.rawValue)
        json.raw(",\"title\":")
        json.string(list.title)
        json.raw(",\"exclusive\":")
        json.flag(list.isExclusive)
        json.raw(",\"replies\":")
        json.string(list.replies.name)
        json.raw(",\"members_count\":")
        json.integer(list.membersCount)
        json.raw("}")
    }
}

private struct ListBody: JSONReadable {
    static let fieldNames = ["title", "exclusive", "replies"]

    let changes: ListChanges

    init(_ fields: JSONFields) throws {
        let replies = try fields.optionalString("replies").map { name in
            guard let replies = ListedReplies(name: name) else {
                throw APIError.invalid("replies", "replies must be followed, members or none.")
            }
            return replies
        }
        changes = ListChanges(
            title: try fields.optionalString("title"), isExclusive: try fields.optionalFlag("exclusive"),
            replies: replies)
    }
}

private struct MembersBody: JSONReadable {
    static let fieldNames = ["user_ids"]

    let accounts: [ID<Account>]

    init(_ fields: JSONFields) throws {
        accounts = try (fields.optionalStrings("user_ids") ?? []).map { text in
            guard let id = ID<Account>(text) else {
                throw APIError.invalid("user_ids", "user_ids must hold ids: decimal strings.")
            }
            return id
        }
    }
}
