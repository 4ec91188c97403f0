import CZlib

/// A made-up stand-in for the SNAP Higgs Twitter data set (De Domenico et al. 2013), in its formats: a heavy-tailed graph
/// of interactions, and a week of activities along it.
struct SeededGraph: Sendable {
    /// 2012-07-01T00:02:52Z, where the activities of Higgs start, and how many seconds they go on.
    private static let start = 1_341_100_972
    private static let seconds = 7 * 86_400

    let users: Int
    let edges: Int
    let activities: Int
    let seed: UInt64

    /// - Parameters:
    ///   - users: how many there are to draw from, at least 1; the most popular has the lowest number.
    ///   - edges: some come twice, and some have the same user on both ends, as in the real graph.
    init(users: Int = 30_000, edges: Int = 46_000, activities: Int = 56_000, seed: UInt64 = 1) {
        self.users = users
        self.edges = edges
        self.activities = activities
        self.seed = seed
    }

    /// Lines of `A B weight`.
    var followLines: some Sequence<String> {
        pairs(count: edges, seed: seed).lazy.map { "\($0.0) \($0.1) 1" }
    }

    /// Lines of `A B time RT|MT|RE`, oldest first, with the kinds as often as in Higgs.
    var activityLines: some Sequence<String> {
        var numbers = SeededNumbers(seed: seed, line: 0)
        let pairs = pairs(count: max(edges, 1), seed: seed)
        let (count, kinds) = (activities, ["RT", "RT", "RT", "RT", "RT", "RT", "RT", "MT", "MT", "MT", "RE"])
        return (0..<count).lazy.map { index in
            let (author, target) = numbers.pick(pairs)
            return "\(author) \(target) \(Self.start + index * Self.seconds / count) \(numbers.pick(kinds))"
        }
    }

    /// Writes lines to a new file, compressed where its name ends with `.gz`.
    static func write(_ lines: some Sequence<String>, to path: String) throws {
        guard let file = gzopen(path, path.hasSuffix(".gz") ? "wb" : "wbT") else {
            throw ImportError("\(path) cannot be written.")
        }
        var isComplete = true
        for line in lines where isComplete {
            isComplete = gzputs(file, line + "\n") >= 0
        }
        guard gzclose(file) == Z_OK, isComplete else { throw ImportError("\(path) could not be written to its end.") }
    }

    private func pairs(count: Int, seed: UInt64) -> [(Int, Int)] {
        var numbers = SeededNumbers(seed: seed)
        let popularity = ZipfRanks(count: users)
        return (0..<count).map { _ in
            // The lower of two numbers: some are more active than others, but less unequally than they are popular.
            let author = min(numbers.below(users), numbers.below(users))
            return (author + 1, popularity.draw(&numbers) + 1)
        }
    }
}
