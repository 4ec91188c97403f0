import SocialGraph

extension Schedule {
    /// A few lists for each, mostly of those they follow.
    mutating func drawList(_ kind: Kind, _ model: Model) -> Operation? {
        guard let one = actor(model) else { return nil }
        let lists = model.liveLists(of: one)
        let isExclusive = number(2) == 0
        let replies = ListedReplies(rawValue: Int64(number(3))) ?? .followed
        if kind == .makeList { return lists.count < 4 ? .makeList(by: one, exclusive: isExclusive, replies) : nil }
        guard let list = pick(lists) else { return nil }
        switch kind {
        case .changeList: return .changeList(by: one, list, exclusive: isExclusive, replies)
        case .deleteList: return .deleteList(by: one, list)
        case .enlist:
            let other = number(8) > 0 ? pick(model.users[one].following.sorted()) : target(model)
            return other.map { .enlist(by: one, list, $0) }
        default:
            let member = number(8) > 0 ? pick(model.users[one].lists[list].members.sorted()) : target(model)
            return member.map { .delist(by: one, list, $0) }
        }
    }
}
