import Accounts
import Core
import Engagement
import HTTPTypes
import Posts
import Timelines

/// Reactions and bookmarks. What goes for a post goes for a comment, which is one.
struct EngagementRoutes: Sendable {
    let services: APIServices

    private static let tag = "Engagement"

    var endpoints: [Endpoint] { reactions + bookmarks }

    private var reactions: [Endpoint] {
        let react = Endpoint(
            .post, "/v1/posts/{id}/like", .required,
            Operation(
                "react", "React to a post; another reaction replaces the one before", tag: Self.tag,
                body: "NewReaction", bodyIsRequired: false, answer: (200, "Post"), problems: [404]),
            handler: { try await self.react($0) })
        let unreact = Endpoint(
            .delete, "/v1/posts/{id}/like", .required,
            Operation(
                "unreact", "Take your reaction back", tag: Self.tag, answer: (204, nil), problems: [404]),
            handler: unreact)
        let list = Endpoint(
            .get, "/v1/posts/{id}/likes", .optional,
            Operation(
                "listReactions", "Who reacted to a post, newest first", tag: Self.tag,
                parameters: ["cursor", "limit", "reaction"], answer: (200, "ReactionPage"), problems: [404]),
            handler: reactionPage)
        return [
            react, unreact, list,
            react.alias("/v1/comments/{id}/like") { try await self.react($0, isComment: true) },
            unreact.alias("/v1/comments/{id}/like") { request in
                try await requireComment(request)
                return try await self.unreact(request)
            },
            list.alias("/v1/comments/{id}/likes") { request in
                try await requireComment(request)
                return try await reactionPage(request)
            },
        ]
    }

    private var bookmarks: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/posts/{id}/bookmark", .required,
                Operation(
                    "bookmark", "Keep a post for later, or move it to another folder", tag: Self.tag,
                    body: "NewBookmark", bodyIsRequired: false, answer: (200, "Post"), problems: [404]),
                handler: bookmark),
            Endpoint(
                .delete, "/v1/posts/{id}/bookmark", .required,
                Operation("unbookmark", "Let a kept post go", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: { request in
                    try await services.bookmarks.remove(try request.id(), viewer: try request.viewer())
                    return .noContent
                }),
            Endpoint(
                .get, "/v1/me/bookmarks", .required,
                Operation(
                    "listBookmarks", "The posts you keep, the newest bookmark first", tag: Self.tag,
                    parameters: ["cursor", "limit", "folder"], answer: (200, "PostPage")), handler: bookmarkPage),
            Endpoint(
                .get, "/v1/me/bookmarks/folders", .required,
                Operation(
                    "listBookmarkFolders", "Your folders of bookmarks", tag: Self.tag,
                    answer: (200, "BookmarkFolders")), handler: folders),
        ]
    }

    private struct ReactionBody: JSONReadable {
        static let fieldNames = ["reaction"]

        let reaction: String?

        init(_ fields: JSONFields) throws {
            reaction = try fields.optionalString("reaction")
        }
    }

    private struct BookmarkBody: JSONReadable {
        static let fieldNames = ["folder"]

        let folder: String?

        init(_ fields: JSONFields) throws {
            folder = try fields.optionalString("folder")
        }
    }

    private static func reaction(_ name: String) throws -> Reaction {
        guard let reaction = Reaction(name: name) else {
            let names = Reaction.allCases.map(\.name).joined(separator: ", ")
            throw APIError.invalid("reaction", "reaction must be one of \(names).")
        }
        return reaction
    }

    /// Below `/v1/comments`, a post that is no comment is not there. What the viewer marked may be one that is hidden by now.
    private func requireComment(_ request: APIRequest) async throws {
        let (id, viewer): (ID<Post>, ID<Account>?) = (try request.id(), request.principal?.accountID)
        if let viewer, let marked = try await services.posts.marked(id, viewer: viewer) {
            guard marked.card.post.replyTo == nil else { return }
        }
        _ = try await services.posts.comment(id, viewer: viewer)
    }

    private func react(_ request: APIRequest, isComment: Bool = false) async throws -> APIResponse {
        let name = request.body.isEmpty ? nil : try request.decode(ReactionBody.self).reaction
        if isComment { try await requireComment(request) }
        let shown = try await services.reactions.react(
            try name.map(Self.reaction) ?? .like, to: try request.id(), viewer: try request.viewer())
        return .json(FeedPresenter.json(shown))
    }

    private func unreact(_ request: APIRequest) async throws -> APIResponse {
        try await services.reactions.unreact(to: try request.id(), viewer: try request.viewer())
        return .noContent
    }

    private func reactionPage(_ request: APIRequest) async throws -> APIResponse {
        let page = try await services.reactions.reactions(
            to: try request.id(), only: try request.query["reaction"].map(Self.reaction),
            viewer: request.principal?.accountID, before: try request.cursor(.reactions)?.first,
            limit: try request.limit())
        return .json { json in
            json.raw("{\"users\":[")
            for (index, entry) in page.reactions.enumerated() {
                if index > 0 { json.raw(",") }
                json.raw("{\"reaction\":")
                json.string(entry.reaction.name)
                json.raw(",\"user\":")
                UserPayload.write(entry.account, to: &json)
                json.raw("}")
            }
            json.raw("],\"counts\":{")
            for (index, reaction) in Reaction.allCases.enumerated() {
                if index > 0 { json.raw(",") }
                json.string(reaction.name)
                json.raw(":")
                json.integer(page.counts[reaction] ?? 0)
            }
            json.raw("},\"next_cursor\":")
            json.string(page.next.map { Cursor(.reactions, $0).description })
            json.raw("}")
        }
    }

    private func bookmark(_ request: APIRequest) async throws -> APIResponse {
        let folder = request.body.isEmpty ? nil : try request.decode(BookmarkBody.self).folder
        let shown = try await services.bookmarks.add(
            try request.id(), folder: folder ?? "", viewer: try request.viewer())
        return .json(FeedPresenter.json(shown))
    }

    private func bookmarkPage(_ request: APIRequest) async throws -> APIResponse {
        let (posts, next) = try await services.bookmarks.bookmarks(
            of: try request.viewer(), folder: request.query["folder"],
            before: try request.cursor(.bookmarks)?.first, limit: try request.limit())
        return .json(FeedPresenter.json(posts, next: next.map { Cursor(.bookmarks, $0) }))
    }

    private func folders(_ request: APIRequest) async throws -> APIResponse {
        let folders = try await services.bookmarks.folders(of: try request.viewer())
        return .json { json in
            json.raw("{\"folders\":[")
            for (index, folder) in folders.enumerated() {
                if index > 0 { json.raw(",") }
                json.raw("{\"name\":")
                json.string(folder.name)
                json.raw(",\"posts_count\":")
                json.integer(folder.count)
                json.raw("}")
            }
            json.raw("]}")
        }
    }
}
