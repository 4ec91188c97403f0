import Accounts
import Core
import EventLog
import Exports
import Foundation
import HTTPAPI
import Posts
import SQL
import SocialGraph
import Telemetry
import Timelines

/// Performs admin commands in this process, through the same services as the API.
struct LocalAdmin: AdminPort {
    private let node: Node

    init(_ node: Node) {
        self.node = node
    }

    /// A command that cannot be performed answers with a sentence; nothing is thrown for it.
    func perform(_ command: AdminCommand) async throws -> AdminReply {
        do {
            return try await answer(command)
        } catch let error as AccountsError {
            return .failure(error.description)
        } catch let error as PostsError {
            return .failure(error.detail)
        } catch let error as ArchiveError {
            return .refused(error.description)
        } catch is EventLog.Undrained {
            return .failure(
                "Events of this store wait, and nobody handles them: start its processes, or wait and try again."
            )
        }
    }

    private func answer(_ command: AdminCommand) async throws -> AdminReply {
        switch command {
        case .createUser, .setPassword, .suspend, .reinstate, .deletions, .tokens, .followerTokens, .rotateKeys:
            return try await accountAnswer(command)
        case .importAccounts, .importFollows, .importPosts, .linesImported:
            return try await importAnswer(command)
        case .beginArchive, .importArchive, .finishArchive, .withdrawArchive, .settleArchive:
            return try await ArchiveAdmin(node).answer(command)
        case .status: return .status(try await status())
        case .drain:
            try await node.eventLog.drained()
            return .done
        case .rebuildTimelines where node.timelines.shared != nil:
            // Those in Redis are void from now on; each is built anew when it is next read.
            try await TimelineGeneration.raise(in: node.database)
            return .count(0)
        case .rebuildTimelines:
            let rebuild = TimelineRebuild(
                home: node.home, users: node.users, source: node.source, clock: node.clock)
            return .count(try await rebuild.run())
        case .deadLetters: return .deadLetters(try await node.eventLog.deadLetters.list().map(Self.described))
        case .replayDeadLetters:
            let (replayed, failed) = try await node.eventLog.replayDeadLetters()
            return .replayed(
                succeeded: replayed, failed: failed, foreign: try await node.eventLog.foreignDeadLetters())
        case .check(let repair, let sample): return .check(try await check(repair: repair, sample: sample))
        }
    }

    private func accountAnswer(_ command: AdminCommand) async throws -> AdminReply {
        let accounts = node.api.accounts
        switch command {
        case .createUser(let username, let email, let password):
            let account = try await accounts.createAccount(
                try Username(username), password: try password.map { try Password($0) },
                email: try email.map { try EmailAddress($0) })
            return .user(id: account.id.description, username: account.username)
        case .setPassword(let username, let password):
            try await accounts.setPassword(try Password(password), of: try await id(of: username))
        case .suspend(let username): try await accounts.suspend(try await id(of: username))
        case .reinstate(let username): try await accounts.reinstate(try await id(of: username))
        case .deletions(let account):
            return .deletions(try await accounts.deletions(of: account.map { ID($0) }).map { AdminDeletion($0) })
        case .rotateKeys(let revokingOld): try await node.authority.rotateKeys(revokingOld: revokingOld)
        case .tokens(let usernames, let count):
            return described(
                usernames.isEmpty
                    ? try await accounts.issueTokens(count: count)
                    : try await accounts.issueTokens(usernames: try usernames.map { try Username($0) }))
        case .followerTokens(let username, let count):
            let followers = try await node.api.graph.page(
                .followers(of: try await id(of: username)), viewer: nil, before: nil, limit: count)
            let names = try followers.accounts.map { try Username($0.account.username) }
            return described(try await accounts.issueTokens(usernames: names))
        default: break
        }
        return .done
    }

    private func described(_ tokens: [IssuedToken]) -> AdminReply {
        .tokens(
            tokens.map {
                AdminToken(userID: $0.account.description, username: $0.username, accessToken: $0.accessToken)
            })
    }

    private func importAnswer(_ command: AdminCommand) async throws -> AdminReply {
        switch command {
        case .importAccounts(let usernames):
            let names = try usernames.map { try Username($0) }
            let ids = try await node.api.accounts.importAccounts(names.map { ImportedAccount(username: $0) })
            return .accounts(ids: usernames.map { ids[$0]?.rawValue ?? 0 })
        case .importFollows(let pairs):
            let follows = stride(from: 0, to: pairs.count - 1, by: 2).map {
                (follower: ID<Account>(pairs[$0]), followee: ID<Account>(pairs[$0 + 1]))
            }
            return .count(try await node.api.graph.importFollows(follows))
        case .importPosts(let posts, let source, let linesDone):
            return .imported(
                try await node.api.posts.importPosts(
                    posts.map(Self.imported),
                    checkpoint: ImportCheckpoint(source: source, linesDone: linesDone)))
        case .linesImported(let source):
            return .count(Int(clamping: try await node.api.posts.linesImported(from: source)))
        default: return .done
        }
    }

    private static func imported(_ post: AdminPost) -> ImportedPost {
        ImportedPost(
            author: ID(post.author), content: post.content, writtenAt: post.writtenAt,
            kind: ImportedKind(rawValue: post.kind) ?? .post, target: post.target.map { ID($0) },
            original: post.original)
    }

    private func id(of username: String) async throws -> ID<Account> {
        guard let id = try await node.api.directory.id(ofUsername: username.lowercased()) else {
            throw AccountsError.notFound
        }
        return id
    }

    private func status() async throws -> AdminStatus {
        var others: [AdminProcess] = []
        if let store = node.database as? PostgreSQLDatabase { others = try await Neighbours(store).servers() }
        return AdminStatus(
            version: StarlingVersion.current, processID: Int(ProcessInfo.processInfo.processIdentifier),
            warmTimelines: node.home.count, eventLogHead: try await node.eventLog.head(),
            others: others)
    }

    private func check(repair: Bool, sample: Int) async throws -> AdminCheck {
        let check = StoreCheck(
            database: node.database, eventLog: node.eventLog, feed: node.api.feed, home: node.home)
        let report = try await check.run(sample: sample, repair: repair)
        return AdminCheck(verified: report.verified, problems: report.problems, repaired: report.repaired)
    }

    private static func described(_ letter: DeadLetter) -> AdminDeadLetter {
        AdminDeadLetter(
            group: letter.group, offset: letter.event.offset, kind: "\(letter.event.kind)", reason: letter.reason,
            attempts: letter.attempts, diedAt: Timestamp.string(letter.diedAt))
    }
}
