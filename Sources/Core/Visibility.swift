/// Who may see a post, as its author chose.
package enum Visibility: Int64, Sendable, CaseIterable {
    case everyone = 0
    case followers = 1
    case author = 2

    /// The name in the API: `public`, `followers`, `private`.
    package init?(name: String) {
        switch name {
        case "public": self = .everyone
        case "followers": self = .followers
        case "private": self = .author
        default: return nil
        }
    }

    package var name: String {
        switch self {
        case .everyone: "public"
        case .followers: "followers"
        case .author: "private"
        }
    }
}
