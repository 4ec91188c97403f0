import Exports
import Posts

/// What an operator can ask of a server: the commands of the admin socket.
///
/// Commands that change state run in the process that owns the data directory, so the command line sends them there, or
/// performs them itself where no server runs.
enum AdminCommand: Codable, Sendable {
    case status
    case createUser(username: String, email: String?, password: String?)
    case setPassword(username: String, password: String)
    case suspend(username: String)
    case reinstate(username: String)
    /// The newest deletions, or an account's by its id, with their receipts.
    case deletions(account: Int64?)
    /// Access tokens for load tests: of these usernames, or of `count` accounts where none are named.
    case tokens(usernames: [String], count: Int)
    /// Access tokens for load tests: of up to `count` followers of an account.
    case followerTokens(username: String, count: Int)
    case rotateKeys(revokingOld: Bool)
    /// Accounts by username, created where they are missing; without e-mail and password.
    case importAccounts(usernames: [String])
    /// Follower and followee by turns, as ids.
    case importFollows(pairs: [Int64])
    case importPosts(posts: [AdminPost], source: String, linesDone: Int64)
    case linesImported(source: String)
    /// Asks how far the import of an account's archive is. What was left of an import of another is taken out.
    case beginArchive(account: Int64, source: String)
    /// Items of an account's archive, the last of which is the `itemsDone`th.
    case importArchive(items: [ArchivedItem], account: Int64, source: String, itemsDone: Int64)
    /// Shows an account, whose archive is brought as a whole.
    case finishArchive(account: Int64, source: String)
    /// Takes out what was brought of an archive that was refused.
    case withdrawArchive(account: Int64, source: String)
    /// Tries again what was kept of an account's archive.
    case settleArchive(account: Int64)
    /// Answers when every consumer has handled what was committed before.
    case drain
    case rebuildTimelines
    case deadLetters
    case replayDeadLetters
    case check(repair: Bool, sample: Int)
}

/// One post of an import, or what somebody did with one.
struct AdminPost: Codable, Sendable {
    var author: Int64
    /// Empty for a repost.
    var content: String
    /// Milliseconds since 1970.
    var writtenAt: Int64
    /// As in `ImportedKind`.
    var kind: Int64 = 0
    /// The account it reposts, mentions or answers.
    var target: Int64?
    /// As in `ImportedPost`.
    var original = ""
}

/// The answers to `AdminCommand`.
enum AdminReply: Codable, Sendable {
    case done
    case count(Int)
    case imported(ImportedCounts)
    /// Nil where none was begun.
    case archiveBegun(ImportState?)
    case archived(ArchiveCounts)
    /// The archive cannot be here; the end of a sentence says why.
    case refused(String)
    case status(AdminStatus)
    case user(id: String, username: String)
    case tokens([AdminToken])
    /// Ids in the order of the usernames asked for.
    case accounts(ids: [Int64])
    case deadLetters([AdminDeadLetter])
    case deletions([AdminDeletion])
    /// `foreign` counts, by group, those that stay because their group is not known where the command ran.
    case replayed(succeeded: Int, failed: Int, foreign: [String: Int])
    case check(AdminCheck)
    /// The command could not be performed; the sentence says why.
    case failure(String)
}

struct AdminStatus: Codable, Sendable {
    var version: String
    var processID: Int
    var warmTimelines: Int
    var eventLogHead: Int64
    /// The other servers that use the same store.
    var others: [AdminProcess]
}

/// A process that shares a store with others.
struct AdminProcess: Codable, Sendable {
    /// The number under which it issues ids.
    var node: Int64
    /// Its roles and traits, with commas.
    var roles: String
    var startedAt: String
}

struct AdminToken: Codable, Sendable {
    var userID: String
    var username: String
    var accessToken: String
}

struct AdminDeadLetter: Codable, Sendable {
    var group: String
    var offset: Int64
    var kind: String
    var reason: String
    var attempts: Int
    var diedAt: String
}

struct AdminCheck: Codable, Sendable {
    /// One sentence for each kind of thing verified, with its numbers.
    var verified: [String]
    /// One sentence for each thing found wrong.
    var problems: [String]
    var repaired: Int
}

/// Performs admin commands: in this process, or in a running server over its socket.
protocol AdminPort: Sendable {
    func perform(_ command: AdminCommand) async throws -> AdminReply
}
