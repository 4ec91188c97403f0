import Accounts
import Core
import Logging
import Posts
import SQL
import SocialGraph
import Synchronization
import Timelines

@testable import HTTPAPI
@testable import Streaming

/// The streams of another process on the server's store, which can be stopped as SIGSTOP does: then its lease lapses, and it
/// is not told what hides something.
final class StoppedProcess: Database {
    private struct Relay: CommitObserver {
        let process: StoppedProcess
        let observer: any CommitObserver

        func committed(_ changes: [Change]) {
            let isStopped = process.isStopped.load(ordering: .acquiring)
            observer.committed(isStopped ? changes.filter { !$0.hides } : changes)
        }
    }

    private let base: SQLiteDatabase
    private let isStopped = Atomic(false)
    let cacheLease = CacheLease()

    init(_ base: SQLiteDatabase) {
        self.base = base
        cacheLease.extend(until: .max)
    }

    var dialect: Dialect { base.dialect }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        cacheLease.lapse()
    }

    /// Streams that go on only when told to.
    func streams(beside server: TestServer) -> StreamHub {
        let directory = AccountDirectory(database: self)
        let relations = RelationsCache(database: self)
        let library = PostLibrary(database: self)
        let source = TimelineSource(database: self)
        let (clock, own) = (server.clock.wall, server.services.feed)
        let feed = FeedReader(
            database: self, directory: directory, relations: relations, library: library,
            marks: ViewerMarksCache(database: self), home: server.home,
            users: UserTimelines(database: self, source: source), pulled: PulledAuthors(), source: source,
            clock: clock, fanOutOffset: { own.reached })
        return StreamHub(
            database: self, directory: directory, relations: relations, library: library,
            authenticator: Authenticator(database: self, authority: server.authority, directory: directory), feed: feed,
            markers: server.services.markers, clock: clock,
            logger: Logger(label: "stopped") { _ in SwiftLogNoOpLogHandler() })
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await base.write(body)
    }

    func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult] {
        try await base.commit(statements, announcing: changes)
    }

    func observe(_ observer: any CommitObserver) { base.observe(Relay(process: self, observer: observer)) }
    func checkWritable() async throws { try await base.checkWritable() }
    func close() async throws {}
}

extension Change {
    fileprivate var hides: Bool {
        switch self {
        case .relationship, .unfollowed, .feedback: true
        default: false
        }
    }
}
