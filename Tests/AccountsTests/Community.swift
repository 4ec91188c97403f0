import Accounts
import Core
import EventLog
import Foundation
import SQL
import Synchronization
import Telemetry
import Testing

/// A clock that tests move by hand.
final class ManualClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_750_000_000_000)

    var wall: WallClock {
        WallClock { [self] in milliseconds.withLock { $0 } }
    }

    func advance(by duration: Duration) {
        milliseconds.withLock { $0 += duration.components.seconds * 1000 }
    }
}

/// Notes which accounts became public.
final class PrivacyRecorder: PrivacyObserver {
    private let seen = Mutex<[ID<Account>]>([])
    var accounts: [ID<Account>] { seen.withLock { $0 } }

    func becamePublic(_ account: ID<Account>, in store: any SQLWriter) throws {
        seen.withLock { $0.append(account) }
    }
}

/// The whole accounts feature on a database in a temporary folder.
struct Community: Sendable {
    let database: SQLiteDatabase
    let clock: ManualClock
    let ids: IDGenerator
    let authority: TokenAuthority
    let directory: AccountDirectory
    let authenticator: Authenticator
    let sessions: SessionService
    let accounts: AccountService
    let privacy = PrivacyRecorder()

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private init(folder: URL) async throws {
        database = try SQLiteDatabase(path: folder.appending(path: "test.db").path)
        try await Migrator(
            [Outbox.migration, IDGenerator.migration, ConsumerWatermarks.migration] + AccountSchema.migrations
        ).migrate(database)
        clock = ManualClock()
        ids = try await IDGenerator.leased(from: database, node: 1, clock: clock.wall)
        let hasher = try PasswordHasher(cost: .init(memoryKiB: 8, passes: 1))
        authority = try await TokenAuthority.opened(
            on: database, settings: AccountsSettings(), clock: clock.wall, logger: Self.logger)
        directory = AccountDirectory(database: database)
        authenticator = Authenticator(database: database, authority: authority, directory: directory)
        sessions = SessionService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock.wall,
            logger: Self.logger)
        accounts = AccountService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock.wall,
            privacyObservers: [privacy])
    }

    static func run(_ body: (Community) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "starling-accounts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let community = try await Community(folder: folder)
        try await body(community)
        try await community.database.close()
    }

    static let password = "correct horse"

    func registration(
        _ name: String, email: String? = nil, password: String = password
    ) throws -> AccountService.Registration {
        AccountService.Registration(
            username: try Username(name), email: try EmailAddress(email ?? "\(name)@example.org"),
            password: try Password(password))
    }

    @discardableResult
    func register(_ name: String) async throws -> (account: Account, tokens: TokenPair) {
        try await accounts.register(try registration(name))
    }

    func eventKinds() async throws -> [EventKind] {
        try await database.read { store in
            try Outbox.events(after: 0, topics: [.accounts], limit: 1_000, store).map(\.kind)
        }
    }

    func integer(_ sql: String, _ arguments: [SQLValue] = []) async throws -> Int64 {
        try await database.read { try $0.integer(sql, arguments) }
    }

    /// Whether the token is good on the fast path and on the slow one; they must agree once the slow one has answered.
    func accepts(_ token: String) async throws -> Bool {
        do {
            let principal = try await authenticator.authenticate(token)
            #expect(authenticator.cached(token) == principal)
            return true
        } catch let error as AccountsError {
            guard case .unauthenticated = error.code else { throw error }
            #expect(authenticator.cached(token) == nil)
            return false
        }
    }
}
