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

extension Visibility {
    /// - Throws: `Problem` 422 for another name.
    static func named(_ name: String) throws -> Visibility {
        guard let visibility = Visibility(name: name) else {
            throw APIError.invalid("visibility", "visibility must be public, followers, close_friends or private.")
        }
        return visibility
    }
}
