/// What a viewer says of a post for their own feed's sake. Raw values are stored.
package enum Feedback: Int64, Sendable, CaseIterable {
    case more = 1
    case less = 2
    /// The post is to leave the viewer's home feed, also where it comes as a repost.
    case hide = 3

    /// As the API spells it.
    package var name: String {
        switch self {
        case .more: "more"
        case .less: "less"
        case .hide: "hide"
        }
    }

    package init?(name: String) {
        guard let feedback = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = feedback
    }
}
