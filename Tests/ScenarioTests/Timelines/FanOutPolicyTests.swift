import Accounts
import Core
import SocialGraph
import Testing
import Timelines

@Suite("Fan-out policy")
struct FanOutPolicyTests {
    @Test(
        "an author above the threshold is not pushed",
        arguments: [(9_999, .push), (10_000, .pull)] as [(Int64, FanOut)])
    func decision(followers: Int64, expected: FanOut) {
        #expect(FanOutPolicy(pullThreshold: 10_000).decision(followers: followers) == expected)
    }

    @Test(
        "a pulled author is pushed again only once well below the threshold",
        arguments: [
            (10_000, .pull), (9_999, .pull), (9_000, .pull), (8_999, .push), (0, .push),
        ] as [(Int64, FanOut)])
    func hysteresis(followers: Int64, expected: FanOut) {
        #expect(FanOutPolicy(pullThreshold: 10_000).decision(followers: followers, previously: .pull) == expected)
    }

    @Test("a threshold too small for hysteresis still goes both ways", arguments: [Int64(1), 5, 9])
    func smallThreshold(threshold: Int64) {
        let policy = FanOutPolicy(pullThreshold: threshold)
        #expect(policy.decision(followers: threshold, previously: .push) == .pull)
        #expect(policy.decision(followers: threshold - 1, previously: .pull) == .push)
    }
}

@Suite("Pulled authors")
struct PulledAuthorsTests {
    private let bob = ID<Account>(2)
    private let relations = Relations(viewer: ID(1), following: [2, 3])

    @Test("an author is merged in while a post that was not pushed is within the timeline's reach")
    func reach() {
        let pulled = PulledAuthors()
        #expect(pulled.authors(for: relations, floor: .lowest).isEmpty)
        pulled.skip(Position(50), of: bob)
        pulled.skip(Position(40), of: bob)
        #expect(pulled.authors(for: relations, floor: Position(50)) == [bob])
        #expect(pulled.authors(for: relations, floor: Position(51)).isEmpty)
    }

    @Test("falling below the threshold does not end that")
    func crossingDown() {
        let pulled = PulledAuthors()
        pulled.set(.pull, for: bob)
        pulled.skip(Position(50), of: bob)
        pulled.set(.push, for: bob)
        #expect(pulled.mode(of: bob) == .push)
        #expect(pulled.authors(for: relations, floor: Position(10)) == [bob])
    }

    @Test("only those whom the reader follows are merged in", arguments: [1, 5])
    func followed(pulledCount: Int64) {
        let pulled = PulledAuthors()
        for author in 0..<pulledCount { pulled.skip(Position(50), of: ID(2 + 2 * author)) }
        #expect(pulled.authors(for: relations, floor: .lowest) == [bob])
        #expect(pulled.authors(for: Relations(viewer: ID(1), following: [9]), floor: .lowest).isEmpty)
    }
}
