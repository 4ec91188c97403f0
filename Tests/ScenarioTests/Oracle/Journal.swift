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
        case .edit(let id, _, _), .delete(let id, _), .remove(let id, _), .share(let id, _), .unshare(let id, _),
            .setSharing(let id, _, _), .quote(_, let id, _), .feedback(let id, _, _), .react(let id, _, _),
            .bookmark(let id, _, _),
            .setComments(let id, _, _), .reply(_, let id, _):
            posts.insert(id)
        default: break
        }
        if case .published(let new) = outcome { posts.formUnion(new.map(\.id)) }
        entries.append(
            Entry(
                text: "#\(moment) \(operation) → \(outcome)", users: Set(operation.users), posts: posts,
                concernsAll: operation.concernsAll))
    }

    /// The last operations about this viewer together with these authors, or about these posts, and the last of those
    /// that concern everyone.
    func story(of viewer: Int?, authors: Set<Int>, posts: Set<Int64>) -> String {
        let own = entries.indices.filter { index in
            let entry = entries[index]
            if !entry.posts.isDisjoint(with: posts) { return true }
            guard !entry.concernsAll, let viewer, entry.users.contains(viewer) else { return false }
            return entry.users.count == 1 || !entry.users.isDisjoint(with: authors)
        }
        let common = entries.indices.filter { entries[$0].concernsAll }
        let told = Set(own.suffix(24)).union(common.suffix(8)).sorted()
        return told.map { entries[$0].text }.joined(separator: "\n")
    }
}
