import Posts

/// What goes for feedback: it is between a viewer and their feed.
extension Model {
    func hidden(from viewer: Int) -> Set<Int64> {
        Set(users[viewer].feedback.filter { $0.value == .hide }.keys)
    }

    /// What was said can always be taken back.
    func mayJudge(_ viewer: Int, _ id: Int64, _ feedback: Feedback?) -> Bool {
        if feedback == nil, users[viewer].feedback[id] != nil { return true }
        return posts[id].map { canSee($0, viewer) } ?? false
    }
}

extension Model {
    mutating func react(_ viewer: Int, to id: Int64, _ reaction: Reaction?) {
        likes[id, default: 0] -= users[viewer].reactions[id] == nil ? 0 : 1
        likes[id, default: 0] += reaction == nil ? 0 : 1
        users[viewer].reactions[id] = reaction
    }
}
