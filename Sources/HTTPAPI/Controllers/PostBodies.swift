import Core
import Posts

/// What a post or comment is changed to.
struct PostChangesBody: JSONReadable {
    let content: String
    let visibility: String?
    let sharePolicy: SharePolicy?

    init(_ fields: JSONFields) throws {
        // What a new post has and an edit leaves as it is may be sent along.
        try fields.allowOnly("content", "visibility", "share_policy", "reply_to", "quote_of", "poll")
        content = try fields.string("content")
        visibility = try fields.optionalString("visibility")
        sharePolicy = try fields.optionalString("share_policy").map(SharePolicy.named)
    }
}

extension Visibility {
    /// - Throws: `Problem` 422 for another name.
    static func named(_ name: String) throws -> Visibility {
        guard let visibility = Visibility(name: name) else {
            throw APIError.invalid("visibility", "visibility must be public, followers, close_friends or private.")
        }
        return visibility
    }
}
