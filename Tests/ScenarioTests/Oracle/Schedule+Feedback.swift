import Posts

extension Schedule {
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
