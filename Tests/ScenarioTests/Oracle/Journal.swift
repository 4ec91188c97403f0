/// What was done, to tell the story of a difference.
struct Journal {
    private struct Entry {
        let text: String
        let users: Set<Int>
        let posts: Set<Int64>
        let concernsAll: Bool
    }

    private var entries: [Entry] = []

    mutating func note(_ operation: Operation, _ outcome: Outcome, at moment: Int) {
        var posts: Set<Int64> = []
        switch operation {
        case .edit(let id, _, _), .delete(let id, _), .reply(_, let id, _): posts.insert(id)
        default: break
        }
        if case .published(let new) = outcome { posts.formUnion(new.map(\.id)) }
        entries.append(
            Entry(
                text: "#\(moment) \(operation) → \(outcome)", users: Set(operation.users), posts: posts,
                concernsAll: operation.concernsAll))
    }

    /// The last operations about this viewer together with these authors, or about these posts.
    func story(of viewer: Int?, authors: Set<Int>, posts: Set<Int64>, limit: Int = 24) -> String {
        let found = entries.filter { entry in
            if !entry.posts.isDisjoint(with: posts) || entry.concernsAll { return true }
            guard let viewer, entry.users.contains(viewer) else { return !entry.users.isDisjoint(with: authors) }
            return entry.users.count == 1 || !entry.users.isDisjoint(with: authors)
        }
        return found.suffix(limit).map(\.text).joined(separator: "\n")
    }
}
