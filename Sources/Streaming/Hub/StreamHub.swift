import Accounts
import Core
import Engagement
import Logging
import Posts
import SQL
import ServiceLifecycle
import SocialGraph
import Synchronization
import Timelines

/// Tells clients what happens while it happens: takes the changes that every process is told of, finds who of those
/// connected here may know, and writes to their connections.
///
/// No connection has a task here. One task handles the changes, in their order; `tick` comes round every second.
package final class StreamHub: CommitObserver, Service {
    struct Inbox {
        var changes: [Change] = []
        /// More came than may wait.
        var isOverfull = false
        var isTickDue = false
    }

    /// What is known to have happened and is not told yet.
    struct Backlogged {
        /// Posts, and the event log offset that fan-out must have reached before feeds show them.
        var published: [(offset: Int64, posts: [PublishedPost])] = []
        var counted: Set<Int64> = []
        /// The ids of posts that changed, by position.
        var ids: [Int64: Int64] = [:]
        /// Accounts whose follows have to be loaded.
        var unknown: [Int64] = []
        /// Whether a session's end may have been missed: every token has to be looked at.
        var mustAuthenticate = false
        var ticks: UInt64 = 0
        var lapsedTicks = 0
    }

    struct Places {
        var total = 0
        var byAccount: [Int64: Int] = [:]
        var isClosed = false
        /// Whoever waits for the last place to be given back.
        var leaving: CheckedContinuation<Void, Never>?
    }

    let settings: StreamSettings
    let database: any Database
    let directory: AccountDirectory
    let relations: RelationsCache
    let library: PostLibrary
    let authenticator: Authenticator
    let feed: FeedReader
    let markers: MarkerService
    let clock: WallClock
    let logger: Logger
    let metrics = StreamMetrics()
    let room: Mutex<StreamRoom>
    let places = Mutex(Places())
    /// Touched by the task that handles changes alone; a lock since the compiler does not know.
    let work = Mutex(Backlogged())
    private let inbox = Mutex(Inbox())
    private let isListening = Atomic<Bool>(false)
    private let signal: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// Registers itself with the database: after the caches, whose answers must be no older than what it is told.
    package init(
        database: any Database, directory: AccountDirectory, relations: RelationsCache, library: PostLibrary,
        authenticator: Authenticator, feed: FeedReader, markers: MarkerService, settings: StreamSettings = .init(),
        clock: WallClock, logger: Logger
    ) {
        self.settings = settings
        self.database = database
        self.directory = directory
        self.relations = relations
        self.library = library
        self.authenticator = authenticator
        self.feed = feed
        self.markers = markers
        self.clock = clock
        self.logger = logger
        room = Mutex(StreamRoom(epoch: UInt64.random(in: .min ... .max), settings: settings))
        (signal, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        guard isListening.load(ordering: .sequentiallyConsistent) else { return }
        let relevant = changes.filter(\.concernsStreams)
        guard !relevant.isEmpty else { return }
        inbox.withLock { inbox in
            guard inbox.changes.count + relevant.count <= settings.changesMax else { return inbox.isOverfull = true }
            inbox.changes += relevant
        }
        bell.yield()
    }

    /// From now on changes matter.
    func listen() {
        isListening.store(true, ordering: .sequentiallyConsistent)
    }

    func takeInbox() -> Inbox {
        inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.beatTime() }
            tasks.addTask { await self.handleSignals() }
            await withGracefulShutdownHandler {
                await withTaskCancellationHandler {
                    for await _ in tasks {}
                } onCancel: {
                    self.bell.finish()
                }
            } onGracefulShutdown: {
                self.close()
                self.bell.finish()
            }
        }
        close()
        await allLeft()
    }

    /// Waits until every connection that had a stream is closed: what was written to it last is sent by then.
    private func allLeft() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isEmpty = places.withLock { places in
                    guard places.total > 0, !Task.isCancelled else { return true }
                    places.leaving = continuation
                    return false
                }
                if isEmpty { continuation.resume() }
            }
        } onCancel: {
            places.withLock { $0.leaving.take() }?.resume()
        }
    }

    private func beatTime() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: self.settings.tick) }
            } catch { return }
            inbox.withLock { $0.isTickDue = true }
            bell.yield()
        }
    }

    private func handleSignals() async {
        for await _ in signal {
            var looks = 0
            while await handle(), !Task.isCancelled, !Task.isShuttingDownGracefully {
                // Fan-out is about to have done what is waited for; if not, something is wrong with it.
                looks += 1
                do { try await Task.sleep(for: looks < 200 ? .milliseconds(2) : .milliseconds(100)) } catch { return }
            }
        }
    }

    /// Ends every stream and opens no more.
    package func close() {
        places.withLock { $0.isClosed = true }
        let connections = room.withLock { $0.connections }
        for connection in connections { end(connection, .stopping) }
    }
}

/// A post as its publication is announced, or a repost.
struct PublishedPost: Hashable, Sendable {
    /// Who brings it: its author, or the sharer.
    let author: Int64
    let position: Int64
    /// The post that is shared.
    var shared: Int64?
    /// For one that an edit opened: those who could not see it before. Nil for all who listen.
    var readers: Set<Int64>?
}

extension Change {
    /// Whether anyone may have to hear of it.
    fileprivate var concernsStreams: Bool {
        switch self {
        case .published, .post, .postCounters, .postLikes, .followed, .unfollowed, .account, .sessionRevoked,
            .signingKeys, .markersMoved, .notified, .shared, .unshared, .relationship, .feedback, .passwordChanged,
            .closeFriendRemoved, .bulk:
            true
        case .eventsAppended, .counters, .marked, .pulled, .timelinesDropped, .closeFriendAdded, .accountErased:
            false
        }
    }
}
