extension Schedule {
    /// Mostly by who may.
    mutating func drawRemoval(by someone: Int, _ model: Model) -> Operation? {
        guard let id = pick(Array(model.written[target(model)].suffix(12))), let comment = model.posts[id],
            let root = comment.root.flatMap({ model.posts[$0] })
        else { return nil }
        let remover = number(4) > 0 ? root.author : someone
        return model.isActive(remover) && remover != comment.author ? .remove(id, by: remover) : nil
    }
}
