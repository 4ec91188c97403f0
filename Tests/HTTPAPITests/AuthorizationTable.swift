@testable import HTTPAPI

/// Every route and who may use it how.
enum AuthorizationTable {
    typealias Row = AuthorizationRow

    static let rows: [String: Row] = own.merging(accounts) { $1 }.merging(graph) { $1 }.merging(posts) { $1 }
        .merging(comments) { $1 }.merging(engagement) { $1 }.merging(open) { $1 }

    /// Routes that a token is not looked at for.
    private static let open: [String: Row] = [
        "POST /v1/users/register": Row(
            subjects: [.nothing], rule: Row.anyone, body: { TestServer.registration("new_\($1.rawValue.lowercased())") }
        ),
        "POST /v1/users/login": Row(
            subjects: [.nothing], rule: Row.anyone,
            body: { _, _ in #"{"username":"sam","password":"\#(Person.password)"}"# }),
        "POST /v1/auth/refresh": Row(
            subjects: [.nothing], rule: Row.anyone,
            body: { world, _ in #"{"refresh_token":"\#(try await world.server.login("sam").refreshToken)"}"# }),
        "GET /healthz": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /readyz": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /openapi.json": Row(subjects: [.nothing], rule: Row.anyone),
        // No account's token is the metrics token.
        "GET /metrics": Row(subjects: [.nothing], rule: Row.nobody),
    ]

    /// Routes about the caller only.
    private static let own: [String: Row] = [
        "GET /v1/me": Row(subjects: [.nothing], rule: Row.anyone),
        "PATCH /v1/me": Row(subjects: [.nothing], rule: Row.anyone, body: { _, _ in #"{"bio":"I changed."}"# }),
        "DELETE /v1/me": Row(
            subjects: [.nothing], rule: Row.anyone,
            body: { _, _ in #"{"current_password":"\#(Person.password)"}"# }, isDestructive: true),
        "POST /v1/auth/logout": Row(subjects: [.nothing], rule: Row.anyone, isDestructive: true),
        "GET /v1/me/sessions": Row(subjects: [.nothing], rule: Row.anyone),
        "DELETE /v1/me/sessions": Row(subjects: [.nothing], rule: Row.anyone),
        // Of nobody's: that an account's own can be ended, and no others, is tested with sessions.
        "DELETE /v1/me/sessions/{id}": Row(subjects: [.nothing], rule: Row.nobody),
        "PUT /v1/me/password": Row(
            subjects: [.nothing], rule: Row.anyone,
            body: { _, _ in #"{"password":"another horse","current_password":"\#(Person.password)"}"# },
            isDestructive: true),
        "PUT /v1/me/email": Row(
            subjects: [.nothing], rule: Row.anyone,
            body: { _, caller in
                #"{"email":"\#(caller)@example.net","current_password":"\#(Person.password)"}"#
            }, isDestructive: true),
        "GET /v1/me/follow-requests": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/blocks": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/mutes": Row(subjects: [.nothing], rule: Row.anyone),
        "POST /v1/me/drafts": Row(subjects: [.nothing], rule: Row.anyone, body: newPost),
        "GET /v1/me/drafts": Row(subjects: [.nothing], rule: Row.anyone),
        // Of nobody's: that an account's own can be changed, and no others, is tested with them.
        "PUT /v1/me/drafts/{id}": Row(subjects: [.nothing], rule: Row.nobody, body: newPost),
        "DELETE /v1/me/drafts/{id}": Row(subjects: [.nothing], rule: Row.nobody),
        "POST /v1/me/drafts/{id}/publish": Row(subjects: [.nothing], rule: Row.nobody),
        "POST /v1/me/scheduled": Row(
            subjects: [.nothing], rule: Row.anyone,
            body: { _, _ in #"{"content":"later","scheduled_at":"2025-12-01T00:00:00Z"}"# }),
        "GET /v1/me/scheduled": Row(subjects: [.nothing], rule: Row.anyone),
        "PUT /v1/me/scheduled/{id}": Row(subjects: [.nothing], rule: Row.nobody, body: newPost),
        "DELETE /v1/me/scheduled/{id}": Row(subjects: [.nothing], rule: Row.nobody),
        "GET /v1/me/close-friends": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/tags/{tag}/posts": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/tags/trending": Row(subjects: [.nothing], rule: Row.anyone),
        "POST /v1/tags/{tag}/follow": Row(subjects: [.nothing], rule: Row.anyone),
        "DELETE /v1/tags/{tag}/follow": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/tags": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/tags/feed": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/muted-words": Row(subjects: [.nothing], rule: Row.anyone),
        "POST /v1/me/muted-words": Row(
            subjects: [.nothing], rule: Row.anyone, body: { _, _ in #"{"phrase":"spoilers"}"# }),
        // No one else's is there for anybody: MutedWordTests.
        "DELETE /v1/me/muted-words/{id}": Row(subjects: [.nothing], rule: Row.nobody),
        "GET /v1/lists": Row(subjects: [.nothing], rule: Row.anyone),
        "POST /v1/lists": Row(subjects: [.nothing], rule: Row.anyone, body: { _, _ in #"{"title":"Friends"}"# }),
        // Of nobody's: that an account's own are there, and no others, is tested with lists.
        "GET /v1/lists/{id}": Row(subjects: [.nothing], rule: Row.nobody),
        "PUT /v1/lists/{id}": Row(
            subjects: [.nothing], rule: Row.nobody, body: { _, _ in #"{"title":"Friends"}"# }),
        "DELETE /v1/lists/{id}": Row(subjects: [.nothing], rule: Row.nobody),
        "GET /v1/lists/{id}/feed": Row(subjects: [.nothing], rule: Row.nobody),
        "GET /v1/lists/{id}/members": Row(subjects: [.nothing], rule: Row.nobody),
        "POST /v1/lists/{id}/members": Row(
            subjects: [.nothing], rule: Row.nobody, body: { _, _ in #"{"user_ids":["1"]}"# }),
        "DELETE /v1/lists/{id}/members/{user_id}": Row(subjects: [.nothing], rule: Row.nobody),
        "GET /v1/stream": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/stream/ws": Row(
            subjects: [.nothing], rule: Row.anyone,
            headers: [
                ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]),
        "POST /v1/me/export": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/export": Row(subjects: [.nothing], rule: Row.nobody),
        // Nobody has asked; that nobody loads another's is tested with exports.
        "GET /v1/me/export/archive": Row(subjects: [.nothing], rule: Row.nobody),
        "GET /v1/me/kept-items": Row(subjects: [.nothing], rule: Row.anyone),
        "DELETE /v1/me/kept-items": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/markers": Row(subjects: [.nothing], rule: Row.anyone),
        "PUT /v1/me/markers": Row(subjects: [.nothing], rule: Row.anyone, body: { _, _ in #"{"home":"17"}"# }),
        "GET /v1/notifications": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/notifications/unread": Row(subjects: [.nothing], rule: Row.anyone),
        "POST /v1/notifications/read": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/feed": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/feed": Row(subjects: [.nothing], rule: Row.anyone),
        "POST /v1/posts": Row(subjects: [.nothing], rule: Row.anyone, body: newPost),
        "POST /v1/me/feed": Row(subjects: [.nothing], rule: Row.anyone, body: newPost),
    ]

    private static let comments: [String: Row] = [
        "POST /v1/posts/{id}/comments": Row(
            subjects: Subject.posts, rule: Row.seesPost, body: newPost, isDestructive: true),
        "GET /v1/posts/{id}/comments": Row(subjects: Subject.posts, rule: Row.seesPost),
        "GET /v1/comments/{id}": Row(subjects: Subject.comments, rule: Row.seesPost),
        "GET /v1/comments/{id}/comments": Row(subjects: Subject.comments, rule: Row.seesReplies),
        "PUT /v1/comments/{id}": Row(
            subjects: Subject.comments, rule: Row.ownsPost, body: { _, _ in #"{"content":"I changed."}"# }),
        // Below sam's post.
        "DELETE /v1/comments/{id}": Row(subjects: Subject.comments, rule: Row.removesComment, isDestructive: true),
        "PUT /v1/posts/{id}/settings": Row(
            subjects: Subject.posts, rule: Row.ownsPost, body: { _, _ in #"{"comments":"closed"}"# }),
        "POST /v1/posts/{id}/pin": Row(subjects: Subject.posts, rule: Row.ownsPost),
        "DELETE /v1/posts/{id}/pin": Row(subjects: Subject.posts, rule: Row.ownsPost),
    ]

    private static let engagement: [String: Row] = [
        "POST /v1/posts/{id}/like": Row(subjects: Subject.posts, rule: Row.seesPost, isDestructive: true),
        "DELETE /v1/posts/{id}/like": Row(subjects: Subject.posts, rule: Row.seesPost, isDestructive: true),
        "GET /v1/posts/{id}/likes": Row(subjects: Subject.posts, rule: Row.seesPost),
        "POST /v1/comments/{id}/like": Row(subjects: Subject.comments, rule: Row.seesPost, isDestructive: true),
        "DELETE /v1/comments/{id}/like": Row(subjects: Subject.comments, rule: Row.seesPost, isDestructive: true),
        "GET /v1/comments/{id}/likes": Row(subjects: Subject.comments, rule: Row.seesPost),
        "POST /v1/posts/{id}/bookmark": Row(subjects: Subject.posts, rule: Row.seesPost, isDestructive: true),
        "DELETE /v1/posts/{id}/bookmark": Row(subjects: Subject.posts, rule: Row.seesPost, isDestructive: true),
        "POST /v1/posts/{id}/feedback": Row(
            subjects: Subject.posts, rule: Row.seesPost, body: { _, _ in #"{"kind":"hide"}"# }, isDestructive: true),
        "DELETE /v1/posts/{id}/feedback": Row(subjects: Subject.posts, rule: Row.seesPost, isDestructive: true),
        "POST /v1/feed/seen": Row(
            subjects: [.nothing], rule: Row.anyone, body: { _, _ in #"{"post_ids":["17"]}"# }),
        "GET /v1/me/posts/{id}/stats": Row(subjects: Subject.posts, rule: Row.ownsPost),
        // That a post without a poll takes no vote is tested with polls.
        "POST /v1/posts/{id}/votes": Row(
            subjects: Subject.posts, rule: Row.nobody, body: { _, _ in #"{"choices":[0]}"# }),
        "POST /v1/posts/{id}/share": Row(subjects: Subject.posts, rule: Row.sharesPost, isDestructive: true),
        "DELETE /v1/posts/{id}/share": Row(subjects: Subject.posts, rule: Row.seesPost, isDestructive: true),
        "GET /v1/posts/{id}/quotes": Row(subjects: Subject.posts, rule: Row.seesPost),
        "GET /v1/posts/{id}/shares": Row(subjects: Subject.posts, rule: Row.seesPost),
        "GET /v1/me/bookmarks": Row(subjects: [.nothing], rule: Row.anyone),
        "GET /v1/me/bookmarks/folders": Row(subjects: [.nothing], rule: Row.anyone),
    ]

    private static let newPost: Row.Body = { _, _ in #"{"content":"hello"}"# }

    private static let accounts: [String: Row] = [
        "GET /v1/users/{id}": Row(subjects: Subject.accounts, rule: Row.seesAccount),
        "GET /v1/users/by-username/{name}": Row(subjects: Subject.accounts, rule: Row.seesAccount),
        "PUT /v1/users/{id}": Row(
            subjects: Subject.accounts, rule: Row.ownsAccount, body: { _, _ in #"{"bio":"I changed."}"# }),
        "GET /v1/users/{id}/posts": Row(
            subjects: Subject.accounts, rule: Row.seesAccount, check: Row.listsVisiblePosts),
        "GET /v1/users/{id}/followers": Row(
            subjects: Subject.accounts, rule: Row.seesAccount, check: Row.lists("frank")),
        "GET /v1/users/{id}/following": Row(
            subjects: Subject.accounts, rule: Row.seesAccount, check: Row.lists("sam")),
    ]

    private static let graph: [String: Row] = [
        "POST /v1/users/{id}/follow": action, "DELETE /v1/users/{id}/follow": parting,
        "DELETE /v1/users/{id}/unfollow": parting, "POST /v1/users/{id}/block": parting,
        "DELETE /v1/users/{id}/block": parting, "POST /v1/users/{id}/mute": parting,
        "DELETE /v1/users/{id}/mute": parting,
        "PUT /v1/me/close-friends/{id}": action, "DELETE /v1/me/close-friends/{id}": action,
        "GET /v1/users/{id}/relationship": Row(subjects: Subject.accounts, rule: Row.seesAccount),
        "POST /v1/me/follow-requests/{id}/accept": answerToRequest,
        "POST /v1/me/follow-requests/{id}/reject": answerToRequest,
    ]

    private static let action = Row(subjects: Subject.accounts, rule: Row.actsOnAccount, isDestructive: true)
    private static let parting = Row(subjects: Subject.accounts, rule: Row.partsFromAccount, isDestructive: true)
    private static let answerToRequest = Row(subjects: [.request], rule: Row.wasAsked, isDestructive: true)

    private static let posts: [String: Row] = [
        "GET /v1/posts/{id}": Row(subjects: Subject.posts, rule: Row.seesPost),
        "GET /v1/posts/{id}/history": Row(subjects: Subject.posts, rule: Row.seesPost),
        "PUT /v1/posts/{id}": Row(
            subjects: Subject.posts, rule: Row.ownsPost, body: { _, _ in #"{"content":"I changed."}"# }),
        "DELETE /v1/posts/{id}": Row(subjects: Subject.posts, rule: Row.ownsPost, isDestructive: true),
    ]
}
