import Foundation
import TestSupport

/// The graph that imports are tested with: a real one where it is there, else a made-up one of its kind.
struct GraphFiles {
    let follows: String
    let activity: String
    let isReal: Bool
    /// Of lines, each of two different accounts and different from all others.
    let edges: Int
    let accounts: Int
    let activities: Int
    /// Of the activities, the third that are of the kind `RT`.
    var reposts: Int { (activities + 2) / 3 }

    /// Facebook's ego networks as SNAP gives them (https://snap.stanford.edu/data/ego-Facebook.html), which counts
    /// 88,234 edges between 4,039 people; activities are made up along some edges that every such graph has.
    static func prepared(in folder: TemporaryFolder) throws -> GraphFiles {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let real = root.appending(path: "../shared/data/graph/facebook_combined.txt.gz").standardizedFileURL.path
        var numbers = SeededGenerator(seed: 17)
        let activities = 20_000
        let lines = (0..<activities).map { index in
            let author = Int.random(in: 0..<1_000, using: &numbers)
            let other = (author + Int.random(in: 1..<1_000, using: &numbers)) % 1_000
            return "\(author) \(other) \(1_341_100_972 + index * 30) \(["RT", "MT", "RE"][index % 3])\n"
        }
        let activity = try folder.file("activity.txt", lines.joined())
        if FileManager.default.fileExists(atPath: real) {
            return GraphFiles(
                follows: real, activity: activity, isReal: true, edges: 88_234, accounts: 4_039, activities: activities)
        }
        let (edges, accounts) = made(&numbers)
        let follows = try folder.file("follows.txt", edges.map { "\($0.0) \($0.1)\n" }.joined())
        return GraphFiles(
            follows: follows, activity: activity, isReal: false, edges: edges.count, accounts: accounts,
            activities: activities)
    }

    /// Heavy-tailed, of 4,000 accounts: the lower a number, the more who follow it.
    private static func made(_ numbers: inout SeededGenerator) -> ([(Int, Int)], Int) {
        var edges: [(Int, Int)] = (1..<4_000).map { ($0, $0 - 1) }
        var seen = Set(edges.map { $0.0 * 10_000 + $0.1 })
        while edges.count < 80_000 {
            let lowest = (0..<4).map { _ in Int.random(in: 0..<4_000, using: &numbers) }.min() ?? 0
            let (follower, followee) = (Int.random(in: 0..<4_000, using: &numbers), lowest)
            // One of a pair only, as in the undirected original.
            let pair = max(follower, followee) * 10_000 + min(follower, followee)
            if follower != followee, seen.insert(pair).inserted { edges.append((follower, followee)) }
        }
        return (edges, 4_000)
    }
}
