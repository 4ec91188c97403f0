import Posts

extension Schedule {
    /// Of anything, also of what one may not see.
    mutating func drawMark(_ kind: Kind, _ model: Model) -> Operation? {
        guard let viewer = actor(model),
            let author = number(4) > 0 ? pick(model.users[viewer].following.sorted()) : target(model),
            let id = pick(model.written[author])
        else { return nil }
        if kind == .bookmark {
            let kept = pick(model.users[viewer].bookmarked.sorted())
            if number(3) == 0, let kept { return .bookmark(kept, by: viewer, false) }
            return .bookmark(id, by: viewer, true)
        }
        if number(3) == 0, let liked = pick(model.users[viewer].reactions.keys.sorted()) {
            return .react(liked, by: viewer, number(2) == 0 ? nil : .angry)
        }
        return .react(id, by: viewer, pick(Reaction.allCases))
    }

    /// Mostly of what is in the feed, or was; every third takes back what was said.
    mutating func drawFeedback(_ model: Model) -> Operation? {
        guard let viewer = actor(model) else { return nil }
        if number(3) == 0, let id = pick(model.users[viewer].feedback.keys.sorted()) {
            return .feedback(id, by: viewer, nil)
        }
        let said: Feedback? = number(3) > 0 ? .hide : [.more, .less, nil][number(3)]
        let home = number(4) > 0 ? Array(model.home(of: viewer).prefix(30)) : []
        let id = pick(home.map(\.id)) ?? pick(model.written[target(model)])
        return id.map { .feedback($0, by: viewer, said) }
    }
}
