import Accounts
import Core
import EventLog
import Posts
import SocialGraph
import Timelines

/// What people in a town do, and what each of them sees of it: told in names and texts, so that two towns can be compared.
final class Chronicle {
    private let town: Town
    private var ids: [String: ID<Account>] = [:]
    private(set) var lines: [String] = []

    init(_ town: Town) {
        self.town = town
    }

    func note(_ what: String, _ value: some Sendable) { lines.append("\(what): \(value)") }

    func noteFailure(_ what: String, of body: () async throws -> Void) async {
        do {
            try await body()
            note(what, "went through")
        } catch let error as AccountsError { note(what, error.code) } catch let error as PostsError {
            note(what, error.code)
        } catch let error as GraphError { note(what, error.code) } catch { note(what, error) }
    }

    func join(_ name: String) async throws {
        let registration = AccountService.Registration(
            username: try Username(name), email: try EmailAddress("\(name)@example.org"),
            password: try Password("a password of \(name)"))
        let (account, tokens) = try await town.accounts.register(registration)
        ids[name] = account.id
        note("\(name) joined", try await town.authenticator.authenticate(tokens.accessToken).accountID == account.id)
    }

    func know(_ accounts: [String: ID<Account>]) { ids.merge(accounts) { $1 } }

    func id(_ name: String) -> ID<Account> { ids[name] ?? ID(0) }

    func feed(of name: String, cold: Bool = false) async throws {
        try await town.eventLog.drained()
        if cold { town.home.drop(id(name)) }
        var texts: [String] = []
        var before: Position? = .highest
        while let start = before {
            let page = try await town.feed.page(of: id(name), before: start, limit: 3)
            texts += page.posts.map(Self.line)
            before = page.next
        }
        note("feed of \(name)", texts)
    }

    func comments(on post: ID<Post>, by order: CommentOrder) async throws {
        try await town.eventLog.drained()
        var texts: [String] = []
        var place: [Int64]?
        repeat {
            let page = try await town.posts.comments(
                on: post, viewer: id("bob"), by: order, after: place, limit: 2)
            texts += page.comments.map(Self.line(of:))
            place = page.next
        } while place != nil
        note("comments by \(order)", texts)
    }

    func since(_ token: Int64, of name: String) async throws {
        try await town.eventLog.drained()
        let page = try await town.feed.page(of: id(name), since: token, through: nil, before: .highest, limit: 20)
        note("new for \(name)", page.posts.map(Self.line))
    }

    func token(of name: String) async throws -> Int64 {
        try await town.eventLog.drained()
        return try await town.feed.page(of: id(name), before: .highest, limit: 1).latest
    }

    func profile(_ name: String) async throws {
        try await town.eventLog.drained()
        guard let account = try await town.directory.account(id(name)) else { return note(name, "is not there") }
        note(
            name,
            [
                account.displayName, account.bio, "\(account.isPrivate)", "\(account.state)",
                "\(account.followersCount) \(account.followingCount) \(account.postsCount)",
            ])
    }

    func list(_ list: GraphService.List, as what: String) async throws {
        var names: [String] = []
        var before: Int64?
        repeat {
            let page = try await town.graph.page(list, viewer: nil, before: before, limit: 2)
            names += page.accounts.map(\.account.username)
            before = page.next
        } while before != nil
        note(what, names)
    }

    private static func line(of comment: ListedComment) -> String {
        switch comment {
        case .comment(let shown): line(shown)
        case .deleted(let place): "a deleted one with \(place.comments) comments"
        }
    }

    private static func line(_ shown: PostService.Shown) -> String {
        let post = shown.card.post
        let reply = post.replyTo == nil ? "" : " (a reply)"
        return "\(shown.author.account.username) v\(post.version) \(shown.card.comments) comments\(reply)"
    }
}
