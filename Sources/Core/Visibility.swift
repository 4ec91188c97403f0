/// Who may see a post, as its author chose.
package enum Visibility: Int64, Sendable, CaseIterable {
    case everyone = 0
    case followers = 1
    case author = 2
    /// The accounts on the author's list of close friends, whoever follows whom.
    case closeFriends = 3

    /// The name in the API: `public`, `followers`, `private`, `close_friends`.
    package init?(name: String) {
        switch name {
        case "public": self = .everyone
        case "followers": self = .followers
        case "private": self = .author
        case "close_friends": self = .closeFriends
        default: return nil
        }
    }

    package var name: String {
        switch self {
        case .everyone: "public"
        case .followers: "followers"
        case .author: "private"
        case .closeFriends: "close_friends"
        }
    }

    /// Whether some followers may see with this what they could not see with the other.
    package func opens(from other: Visibility) -> Bool {
        audience > other.audience
    }

    /// Whether all whom a public account shows something with this could see it with the other, and some others too. Close
    /// friends need not follow.
    package func narrows(_ other: Visibility) -> Bool {
        self != other && (self == .author || other == .everyone)
    }

    private var audience: Int {
        switch self {
        case .author: 0
        case .closeFriends: 1
        case .followers: 2
        case .everyone: 3
        }
    }
}
