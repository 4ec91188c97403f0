import Core
import Posts
import SQL
import SocialGraph
import Text

extension NotificationAdmission {
    /// Those that are told by a post with a word in it that their recipient does not want to read.
    func unwanted(_ facts: some Sequence<NotificationFact>, _ store: any SQLReader) throws -> Set<NotificationFact> {
        let told = facts.filter { $0.object != 0 && $0.group.kind.subject == .post }
        guard !told.isEmpty else { return [] }
        let words = try MutedWordRows.words(of: Set(told.map(\.group.recipient)).sorted(), now: now, store)
        let phrases = words.compactMapValues { $0.phrases(in: .notifications, at: now) }
        let looked = told.filter { phrases[$0.group.recipient] != nil }
        guard !looked.isEmpty else { return [] }
        let texts = try texts(of: Set(looked.map(\.object)), store)
        return Set(
            looked.filter { fact in
                guard let phrases = phrases[fact.group.recipient], let text = texts[fact.object] else { return false }
                return text.contains { phrases.match(in: $0) != nil }
            })
    }

    /// What there is to read in each of these posts: its text, and what its poll offers.
    private func texts(of posts: Set<Int64>, _ store: any SQLReader) throws -> [Int64: [FoldedText]] {
        let rows = try store.query(
            """
            SELECT p.id, p.content FROM list($1) AS wanted
            \(PostLayout(dialect).joinPost(where: "id", is: "wanted.value")) WHERE p.state = 3
            """, [.list(posts.sorted())]
        ) { ($0.int64(0), [FoldedText($0.text(1))]) }
        var texts = Dictionary(rows) { first, _ in first }
        let options = try PostQueries.pollOptions(of: posts.sorted().map { ID($0) }, dialect: dialect, store)
        for (post, options) in options { texts[post.rawValue]? += options.map(FoldedText.init) }
        return texts
    }
}
