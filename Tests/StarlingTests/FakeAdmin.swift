import Core
import Posts
import Synchronization

@testable import Starling

/// A server of admin commands in memory, which keeps what an import brings as the real one does.
final class FakeAdmin: AdminPort {
    struct Follow: Hashable {
        var follower: String
        var followee: String
    }

    struct State {
        var accounts: [String: Int64] = [:]
        var passwords: [String: String] = [:]
        var follows: Set<Follow> = []
        var posts: [AdminPost] = []
        var checkpoints: [String: Int64] = [:]
        var drains = 0
        var batchSizeMax = 0
        /// Commands after which the connection breaks; nil for never.
        var commandsLeft: Int?

        func name(_ id: Int64) -> String {
            accounts.first { $0.value == id }?.key ?? "?"
        }
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    /// Posts as `author kind target time content`, in the order they came.
    var postLines: [String] {
        let state = now
        let names = Dictionary(uniqueKeysWithValues: state.accounts.map { ($0.value, $0.key) })
        return state.posts.map { post in
            let target = post.target.flatMap { names[$0] } ?? "-"
            return "\(names[post.author] ?? "?") \(post.kind) \(target) \(post.writtenAt) \(post.content)"
        }
    }

    func breakConnection(after commands: Int?) {
        state.withLock { $0.commandsLeft = commands }
    }

    func perform(_ command: AdminCommand) async throws -> AdminReply {
        try state.withLock { state in
            if let left = state.commandsLeft {
                guard left > 0 else { throw ImportError("The connection broke.") }
                state.commandsLeft = left - 1
            }
            return state.perform(command)
        }
    }
}

extension FakeAdmin.State {
    fileprivate mutating func perform(_ command: AdminCommand) -> AdminReply {
        switch command {
        case .importAccounts(let usernames): return importAccounts(usernames)
        case .importFollows(let pairs): return importFollows(pairs)
        case .importPosts(let posts, let source, let linesDone): return importPosts(posts, source, linesDone)
        case .linesImported(let source): return .count(Int(checkpoints[source, default: 0]))
        case .drain:
            drains += 1
            return .done
        case .createUser(let username, _, let password):
            guard accounts[username] == nil else { return .failure("This username is taken.") }
            passwords[username] = password
            accounts[username] = Int64(accounts.count + 1)
            return .user(id: "\(accounts.count)", username: username)
        default: return .failure("No import asks for this.")
        }
    }

    private mutating func importAccounts(_ usernames: [String]) -> AdminReply {
        batchSizeMax = max(batchSizeMax, usernames.count)
        return .accounts(
            ids: usernames.map { username in
                let id = accounts[username] ?? Int64(accounts.count + 1)
                accounts[username] = id
                return id
            })
    }

    private mutating func importFollows(_ pairs: [Int64]) -> AdminReply {
        batchSizeMax = max(batchSizeMax, pairs.count / 2)
        let before = follows.count
        let names = Dictionary(uniqueKeysWithValues: accounts.map { ($0.value, $0.key) })
        for index in stride(from: 0, to: pairs.count, by: 2) {
            follows.insert(
                .init(follower: names[pairs[index], default: "?"], followee: names[pairs[index + 1], default: "?"]))
        }
        return .count(follows.count - before)
    }

    private mutating func importPosts(_ new: [AdminPost], _ source: String, _ linesDone: Int64) -> AdminReply {
        batchSizeMax = max(batchSizeMax, new.count)
        guard checkpoints[source, default: 0] < linesDone else { return .imported(.init()) }
        checkpoints[source] = linesDone
        posts += new
        return .imported(ImportedCounts(posts: new.count))
    }
}

extension ProgressOutput {
    static let silent = ProgressOutput(isTerminal: false, columns: { 80 }, write: { _ in })
}
