import Core
import SocialGraph
import Testing
import Timelines

@testable import Accounts
@testable import Posts

/// Someone who looks at a post of bob's.
enum Onlooker: CaseIterable {
    case nobody, bobHimself, follower, mutingFollower, stranger, blocked, friend, blockedFriend

    static let viewer: Int64 = 1
    static let bob: Int64 = 2
    static let carol: Int64 = 3

    var relations: Relations? {
        switch self {
        case .nobody: nil
        case .bobHimself: Relations(viewer: ID(Self.bob))
        case .follower: Relations(viewer: ID(Self.viewer), following: [Self.bob])
        case .mutingFollower: Relations(viewer: ID(Self.viewer), following: [Self.bob], muted: [Self.bob])
        case .stranger: Relations(viewer: ID(Self.viewer))
        case .blocked: Relations(viewer: ID(Self.viewer), apart: [Self.bob])
        case .friend: Relations(viewer: ID(Self.viewer), befriending: [Self.bob])
        case .blockedFriend: Relations(viewer: ID(Self.viewer), apart: [Self.bob], befriending: [Self.bob])
        }
    }
}

private func bob(isPrivate: Bool = false, _ state: AccountState = .active) -> Account {
    Account(
        id: ID(Onlooker.bob), username: "bob", displayName: "bob", bio: "", avatarURL: nil, isVerified: false,
        isPrivate: isPrivate, state: state, createdAt: 0, followersCount: 0, followingCount: 0, postsCount: 0)
}

private let openRoot = ThreadRoot(
    visibility: .everyone, author: AccountStanding(id: ID(Onlooker.carol), isActive: true, isPrivate: false))

private func post(_ visibility: Visibility = .everyone, replyToAuthor: Int64? = nil) -> Post {
    Post(
        id: ID(10), author: ID(Onlooker.bob), position: Position(10), visibility: visibility,
        replyTo: replyToAuthor.map { _ in ID(9) }, replyToAuthor: replyToAuthor.map { ID($0) },
        rootID: replyToAuthor.map { _ in ID(9) }, depth: 0, version: 1, createdAt: 0, editedAt: nil)
}

@Suite("Post visibility")
struct PostVisibilityTests {
    /// Which posts of an open and of a private account each may see.
    static let table: [(Onlooker, open: Set<Visibility>, closed: Set<Visibility>)] = [
        (.nobody, [.everyone], []),
        (.bobHimself, Set(Visibility.allCases), Set(Visibility.allCases)),
        (.follower, [.everyone, .followers], [.everyone, .followers]),
        (.mutingFollower, [.everyone, .followers], [.everyone, .followers]),
        (.stranger, [.everyone], []),
        (.blocked, [], []),
        (.friend, [.everyone, .closeFriends], [.closeFriends]),
        (.blockedFriend, [], []),
    ]

    @Test("who may see a post", arguments: table)
    func admits(onlooker: Onlooker, open: Set<Visibility>, closed: Set<Visibility>) {
        for visibility in Visibility.allCases {
            for (isPrivate, expected) in [(false, open), (true, closed)] {
                let admits = PostVisibility.admits(
                    post(visibility), author: bob(isPrivate: isPrivate).standing, root: nil,
                    relations: onlooker.relations)
                #expect(admits == expected.contains(visibility), "\(visibility), private account: \(isPrivate)")
            }
        }
    }

    @Test("nobody sees a post of an account that is suspended or deleted", arguments: Onlooker.allCases)
    func inactiveAuthor(onlooker: Onlooker) {
        for state in [AccountState.suspended, .deleted] {
            for visibility in Visibility.allCases {
                #expect(
                    !PostVisibility.admits(
                        post(visibility), author: bob(state).standing, root: nil, relations: onlooker.relations))
            }
        }
    }

    /// Of a public comment of carol's below a post of bob's.
    @Test("a comment is for those who may see the root of its thread", arguments: table)
    func threads(onlooker: Onlooker, open: Set<Visibility>, closed: Set<Visibility>) {
        for visibility in Visibility.allCases {
            for (isPrivate, expected) in [(false, open), (true, closed)] {
                let root = ThreadRoot(visibility: visibility, author: bob(isPrivate: isPrivate).standing)
                #expect(admitsComment(root, onlooker.relations) == expected.contains(visibility), "\(root)")
            }
        }
    }

    @Test(
        "without the root's author, what was for everyone stays open, and the rest is closed", arguments: [true, false])
    func endedThreads(isPrivate: Bool) {
        for onlooker in Onlooker.allCases where onlooker != .blocked && onlooker != .blockedFriend {
            for visibility in Visibility.allCases {
                let root = ThreadRoot(visibility: visibility, author: bob(isPrivate: isPrivate, .suspended).standing)
                #expect(admitsComment(root, onlooker.relations) == (visibility == .everyone && !isPrivate), "\(root)")
            }
        }
    }

    @Test("where nothing is known of the root, a comment is its author's alone")
    func unknownRoot() {
        for onlooker in Onlooker.allCases { #expect(!admitsComment(nil, onlooker.relations)) }
        #expect(admitsComment(nil, Relations(viewer: ID(Onlooker.carol))))
    }

    private func admitsComment(_ root: ThreadRoot?, _ relations: Relations?) -> Bool {
        let carol = ID<Account>(Onlooker.carol)
        let comment = Post(
            id: ID(11), author: carol, position: Position(11), visibility: .everyone, replyTo: ID(10),
            replyToAuthor: ID(Onlooker.bob), rootID: ID(10), depth: 1, version: 1, createdAt: 0, editedAt: nil)
        return PostVisibility.admits(
            comment, author: AccountStanding(id: carol, isActive: true, isPrivate: false), root: root,
            relations: relations)
    }
}

@Suite("Home filter")
struct HomeFilterTests {
    @Test(
        "what a home feed leaves out, and why",
        arguments: [
            (.bobHimself, nil), (.follower, nil), (.mutingFollower, .muted), (.stranger, .notFollowed),
            (.blocked, .hidden),
        ] as [(Onlooker, HomeFilter.Removal?)])
    func removal(onlooker: Onlooker, expected: HomeFilter.Removal?) throws {
        let filter = HomeFilter(relations: try #require(onlooker.relations))
        #expect(filter.removal(of: post(), author: bob().standing, root: nil) == expected)
    }

    @Test(
        "a post that only its author may see is hidden from followers",
        arguments: [(.bobHimself, nil), (.follower, .hidden)] as [(Onlooker, HomeFilter.Removal?)])
    func authorOnly(onlooker: Onlooker, expected: HomeFilter.Removal?) throws {
        let filter = HomeFilter(relations: try #require(onlooker.relations))
        #expect(filter.removal(of: post(.author), author: bob().standing, root: nil) == expected)
    }

    @Test("a reply is for those who follow both, and for its author")
    func replies() {
        let reply = post(replyToAuthor: Onlooker.carol)
        let (viewer, bobID, carol) = (Onlooker.viewer, Onlooker.bob, Onlooker.carol)
        let both = HomeFilter(relations: Relations(viewer: ID(viewer), following: [bobID, carol]))
        let one = HomeFilter(relations: Relations(viewer: ID(viewer), following: [bobID]))
        let repliedTo = HomeFilter(relations: Relations(viewer: ID(carol), following: [bobID]))
        let author = HomeFilter(relations: Relations(viewer: ID(bobID)))
        #expect(both.removal(of: reply, author: bob().standing, root: openRoot) == nil)
        #expect(one.removal(of: reply, author: bob().standing, root: openRoot) == .replyToStranger)
        #expect(repliedTo.removal(of: reply, author: bob().standing, root: openRoot) == nil)
        #expect(author.removal(of: reply, author: bob().standing, root: openRoot) == nil)
        #expect(
            one.removal(of: post(replyToAuthor: bobID), author: bob().standing, root: openRoot) == nil, "to himself")
    }
}
