import Accounts
import Core
import SQL
import Testing

@testable import HTTPAPI

/// Whose account or post a request is about.
enum Holder: String, CaseIterable, Sendable {
    case open, locked, deleted, suspended
}

enum PostKind: String, CaseIterable, Sendable {
    case everyone = "public"
    case followers
    case author = "private"
    case friends = "close_friends"
    case deleted
}

/// What the path of a request names.
enum Subject: Hashable, Sendable {
    case nothing
    case account(Holder)
    case post(Holder, PostKind)
    /// A comment below a post of the stranger's.
    case comment(Holder, PostKind)
    /// Somebody's request to follow the private account.
    case request

    var holder: Holder {
        switch self {
        case .nothing: .open
        case .account(let holder), .post(let holder, _), .comment(let holder, _): holder
        case .request: .locked
        }
    }

    static let accounts = Holder.allCases.map(Subject.account)
    static let posts = Holder.allCases.flatMap { holder in PostKind.allCases.map { Subject.post(holder, $0) } }
    static let comments = Holder.allCases.flatMap { holder in PostKind.allCases.map { Subject.comment(holder, $0) } }

    /// The post, also where it is a comment.
    var post: (Holder, PostKind)? {
        switch self {
        case .post(let holder, let kind), .comment(let holder, let kind): (holder, kind)
        default: nil
        }
    }
}

/// Who sends a request, seen from the holder of its subject.
enum Caller: String, CaseIterable, Sendable {
    case anonymous, owner, stranger, blocked, follower, pending
    /// On the list of close friends, and no follower.
    case friend
    // Whose tokens are not good. The last four speak for the owner.
    case suspended, expired, forged, algNone, refreshToken
}

/// Four holders with one post of each kind, and somebody in every relation to them.
struct AuthorizationWorld: Sendable {
    let server: TestServer
    let holders: [Holder: Person]
    let posts: [Holder: [PostKind: String]]
    let comments: [Holder: [PostKind: String]]
    let sam: Person
    let pia: Person
    private let tokens: [Caller: [Holder: String]]

    static let absentID = "4611686018427387904"

    static func run(_ body: @Sendable (AuthorizationWorld) async throws -> Void) async throws {
        try await TestServer.run { try await body(try await AuthorizationWorld($0)) }
    }

    private init(_ server: TestServer) async throws {
        let people = try await Self.people(server)
        var holders: [Holder: Person] = [:]
        var posts: [Holder: [PostKind: String]] = [:]
        var comments: [Holder: [PostKind: String]] = [:]
        let sam = try #require(people[.stranger])
        let root = try await server.publish("a post of sam's", by: sam)
        let rita = try await server.register("rita")
        var tokens: [Caller: [Holder: String]] = [:]
        for holder in Holder.allCases {
            let owner = try await server.register("the_\(holder)_one")
            holders[holder] = owner
            posts[holder] = try await Self.publish(by: owner, server)
            comments[holder] = try await Self.publish(by: owner, replyTo: root, answeredBy: rita, server)
            try await Self.relate(owner, isPrivate: holder == .locked, people, server)
            let issued = try await server.services.accounts.issueTokens(
                usernames: [try Username(owner.name)], lifetime: .seconds(2))
            let forger = try Forger(owner.token)
            tokens[.owner, default: [:]][holder] = owner.token
            tokens[.expired, default: [:]][holder] = issued.first?.accessToken
            tokens[.forged, default: [:]][holder] = try forger.signed(with: "not the server's key, but as long as it")
            tokens[.algNone, default: [:]][holder] = try forger.unsigned()
            tokens[.refreshToken, default: [:]][holder] = owner.refreshToken
            for (caller, person) in people { tokens[caller, default: [:]][holder] = person.token }
        }
        try await Self.end(holders, people, server)
        self.server = server
        self.holders = holders
        self.posts = posts
        self.tokens = tokens
        self.comments = comments
        self.sam = sam
        pia = try #require(people[.pending])
    }

    private static func people(_ server: TestServer) async throws -> [Caller: Person] {
        [
            .stranger: try await server.register("sam"), .blocked: try await server.register("bob"),
            .follower: try await server.register("frank"), .pending: try await server.register("pia"),
            .suspended: try await server.register("sue"), .friend: try await server.register("fay"),
        ]
    }

    /// - Parameter replier: who answers the one that is deleted then.
    private static func publish(
        by owner: Person, replyTo root: String? = nil, answeredBy replier: Person? = nil, _ server: TestServer
    ) async throws -> [PostKind: String] {
        var posts: [PostKind: String] = [:]
        for kind in PostKind.allCases {
            let visibility = kind == .deleted ? "public" : kind.rawValue
            posts[kind] = try await server.publish(
                "\(kind.rawValue) of \(owner.name)", by: owner, visibility: visibility, replyTo: root)
        }
        if let replier { try await server.publish("an answer", by: replier, replyTo: posts[.deleted]) }
        await server.delete("/v1/posts/\(posts[.deleted] ?? "")", as: owner)
        return posts
    }

    private static func relate(
        _ owner: Person, isPrivate: Bool, _ people: [Caller: Person], _ server: TestServer
    ) async throws {
        for caller in [Caller.follower, .suspended] {
            if let person = people[caller] { try await server.follow(person, owner) }
        }
        if let sam = people[.stranger] { try await server.follow(owner, sam) }
        if isPrivate, let pia = people[.pending] {
            try await server.makePrivate(owner)
            try await server.follow(pia, owner)
        }
        if let fay = people[.friend] { await server.put("/v1/me/close-friends/\(fay.id)", as: owner) }
        if let bob = people[.blocked] { await server.post("/v1/users/\(bob.id)/block", as: owner) }
    }

    private static func end(
        _ holders: [Holder: Person], _ people: [Caller: Person], _ server: TestServer
    ) async throws {
        if let deleted = holders[.deleted] { await server.leave(deleted) }
        for person in [holders[.suspended], people[.suspended]] {
            if let id = person.flatMap({ ID<Account>($0.id) }) { try await server.services.accounts.suspend(id) }
        }
        try await server.drained()
        server.clock.advance(by: .seconds(3))
    }

    func token(of caller: Caller, for subject: Subject) -> String? {
        tokens[caller]?[subject.holder]
    }

    /// The path of `template` with the subject in it; with nothing that exists where the subject is nil.
    func target(_ template: String, _ subject: Subject?) -> String {
        let name = subject.flatMap { holders[$0.holder]?.name } ?? "nobody_at_all"
        return template.replacing("{id}", with: subject.flatMap(id) ?? Self.absentID).replacing("{name}", with: name)
            .replacing("{tag}", with: "a_tag")
    }

    private func id(of subject: Subject) -> String? {
        switch subject {
        case .nothing: nil
        case .account(let holder): holders[holder]?.id
        case .post(let holder, let kind): posts[holder]?[kind]
        case .comment(let holder, let kind): comments[holder]?[kind]
        case .request: pia.id
        }
    }

    /// Everything a request could have changed.
    func digest() async throws -> [String] {
        let queries = [
            "SELECT id || ' ' || state || ' ' || is_private || ' ' || display_name || ' ' || bio FROM users ORDER BY id",
            "SELECT id || ' ' || state || ' ' || visibility || ' ' || version || ' ' || content FROM posts ORDER BY id",
            "SELECT id || ' ' || comment_policy || ' ' || share_policy FROM posts ORDER BY id",
            "SELECT post_id || ' ' || position FROM quotes ORDER BY position",
            "SELECT sharer_id || ' ' || post_id FROM reposts ORDER BY position",
            "SELECT account_id || ' ' || post_id || ' ' || kind FROM post_feedback ORDER BY feedback_id",
            "SELECT account_id || ' ' || post_id FROM pins ORDER BY pin_id",
            "SELECT follower_id || ' ' || followee_id FROM following ORDER BY follow_id",
            "SELECT requester_id || ' ' || target_id FROM follow_requests ORDER BY request_id",
            "SELECT blocker_id || ' ' || blocked_id FROM blocks ORDER BY block_id",
            "SELECT account_id || ' ' || friend_id FROM close_friends ORDER BY added_id",
            "SELECT account_id || ' ' || planned_id || ' ' || content FROM planned_posts ORDER BY planned_id",
            "SELECT muter_id || ' ' || muted_id FROM mutes ORDER BY mute_id",
            "SELECT account_id || ' ' || phrase FROM muted_words ORDER BY word_id",
            "SELECT id || ' ' || coalesce(revoked_at, 0) FROM sessions ORDER BY id",
        ]
        return try await server.database.read { store in
            try queries.flatMap { try store.query($0, []) { $0.text(0) } }
        }
    }
}
