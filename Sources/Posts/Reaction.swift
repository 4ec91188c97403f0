/// How somebody reacts to a post or comment. Raw values are stored.
package enum Reaction: Int64, Sendable, CaseIterable {
    case like = 1
    case love = 2
    case haha = 3
    case wow = 4
    case sad = 5
    case angry = 6

    /// As the API spells it.
    package var name: String {
        switch self {
        case .like: "LIKE"
        case .love: "LOVE"
        case .haha: "HAHA"
        case .wow: "WOW"
        case .sad: "SAD"
        case .angry: "ANGRY"
        }
    }

    package init?(name: String) {
        guard let reaction = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reaction
    }
}
