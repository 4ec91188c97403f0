/// An Aho-Corasick automaton over words.
struct PhraseAutomaton: Sendable {
    private struct Step: Hashable {
        let node: Int32
        let word: UInt64
    }

    private struct Node {
        /// Where the longest other beginning of a phrase goes on that ends here too.
        var fallback: Int32 = 0
        /// A phrase that ends here.
        var phrase: Int?
    }

    private static let root: Int32 = 0

    /// Words that phrases begin with, by their lowest ten bits: nearly all words of a text begin none.
    private var beginnings = [Bool](repeating: false, count: 1 << 10)
    private var nodes = [Node()]
    private var steps: [Step: Int32] = [:]

    /// - Parameter phrases: with the number that a match answers. None is empty.
    init(_ phrases: [(number: Int, words: [UInt64])]) {
        // Breadth first, each phrase a word further in every round: a fallback is never deeper than its node, so it is
        // complete by the time it is needed.
        var ends = [Int32](repeating: Self.root, count: phrases.count)
        let depth = phrases.map(\.words.count).max() ?? 0
        for phrase in phrases { beginnings[Self.place(of: phrase.words[0])] = true }
        for level in 0..<depth {
            for (index, phrase) in phrases.enumerated() where level < phrase.words.count {
                ends[index] = node(after: ends[index], phrase.words[level])
                let isEnd = level == phrase.words.count - 1
                if isEnd, nodes[Int(ends[index])].phrase == nil { nodes[Int(ends[index])].phrase = phrase.number }
            }
        }
    }

    var isEmpty: Bool { nodes.count == 1 }

    func match(in words: [UInt64]) -> Int? {
        guard !isEmpty else { return nil }
        var node = Self.root
        for word in words where node != Self.root || beginnings[Self.place(of: word)] {
            node = next(from: node, word)
            if let phrase = nodes[Int(node)].phrase { return phrase }
        }
        return nil
    }

    private static func place(of word: UInt64) -> Int { Int(word & 0x3FF) }

    /// A word takes at most one step down, and each step back up was one down before: linear in the words.
    private func next(from start: Int32, _ word: UInt64) -> Int32 {
        var node = start
        while true {
            if let next = steps[Step(node: node, word: word)] { return next }
            if node == Self.root { return node }
            node = nodes[Int(node)].fallback
        }
    }

    private mutating func node(after parent: Int32, _ word: UInt64) -> Int32 {
        let step = Step(node: parent, word: word)
        if let known = steps[step] { return known }
        let fallback = parent == Self.root ? Self.root : next(from: nodes[Int(parent)].fallback, word)
        let added = Int32(nodes.count)
        // What ends at the fallback ends here too.
        nodes.append(Node(fallback: fallback, phrase: nodes[Int(fallback)].phrase))
        steps[step] = added
        return added
    }
}
