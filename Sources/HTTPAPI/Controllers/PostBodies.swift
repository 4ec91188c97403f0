import Core
import Posts

/// What a post or comment is changed to.
struct PostChangesBody: JSONReadable {
    static let fieldNames = ["content", "visibility", "share_policy"]

    let content: String
    let visibility: String?
    let sharePolicy: SharePolicy?

    init(_ fields: JSONFields) throws {
        content = try fields.string("content")
        visibility = try fields.optionalString("visibility")
        sharePolicy = try fields.optionalString("share_policy").map(SharePolicy.named)
    }
}

/// What an author allows from now on.
struct PostSettingsBody: JSONReadable {
    static let fieldNames = ["comments", "share_policy"]

    let comments: CommentPolicy?
    let sharePolicy: SharePolicy?

    init(_ fields: JSONFields) throws {
        comments = try fields.optionalString("comments").map(Self.policy)
        sharePolicy = try fields.optionalString("share_policy").map(SharePolicy.named)
        guard comments != nil || sharePolicy != nil else {
            throw APIError.invalid("comments", "One of comments and share_policy must be there.")
        }
    }

    private static func policy(_ name: String) throws -> CommentPolicy {
        guard let policy = CommentPolicy(name: name) else {
            throw APIError.invalid("comments", "comments must be open, followers or closed.")
        }
        return policy
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
