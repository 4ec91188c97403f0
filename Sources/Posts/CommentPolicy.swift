/// Who may comment below a post, as its author chose; the author always may. Raw values are stored.
package enum CommentPolicy: Int64, Sendable, CaseIterable {
    case open = 0
    case followers = 1
    case closed = 2

    /// As the API spells it.
    package var name: String {
        switch self {
        case .open: "open"
        case .followers: "followers"
        case .closed: "closed"
        }
    }

    package init?(name: String) {
        guard let policy = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = policy
    }
}

/// The order of a list of comments.
package enum CommentOrder: String, Sendable, CaseIterable {
    case newest
    case oldest
    /// Most liked first; of those with as many likes, the newest.
    case top
}
