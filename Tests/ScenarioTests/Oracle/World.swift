import Accounts
import Core
import HTTPAPI
import EventLog
import Logging
import SQL
import ServiceLifecycle
import SocialGraph
import Timelines
import TestSupport

@testable import Starling
@testable import Timelines

/// The server's services on a store in a temporary folder. Nothing runs by itself: consumers work when they are told to,
/// so a schedule is the same each time.
final class World {
    private let folder: TemporaryFolder
    private let settings: ServerSettings
    private let servers: ComposedServers
    /// What has to run by itself even here: it follows what other processes would do.
    private var followers: [Task<Void, any Error>] = []
    let clock: TestClock
    private(set) var node: Node
    /// The lists of the model's users, in the order they were made.
    var lists: [Int: [ID<AccountList>]] = [:]
    /// Where stepping through the log by hand has come; the fan-out runner itself may be elsewhere.
    private var steppedThrough: Int64 = 0

    init(settings: ServerSettings) async throws {
        folder = try TemporaryFolder()
        clock = TestClock()
        servers = try await Composition.current.start()
        var settings = settings
        settings.engines = servers.engines
        self.settings = settings
        node = try await Self.opened(folder, settings, clock)
        follow()
    }

    private func follow() {
        followers = node.services.filter(runsByItself).map { follower in
            Task { try await follower.run() }
        }
    }

    private func runsByItself(_ service: any Service) -> Bool {
        switch service {
        case is TimelineUpdateFollower, is PulledAuthorRows: true
        // Events come through Kafka when they come: there is no telling it to wait.
        case let runner as KafkaConsumerRunner: runner.consumer.group != Self.deletions
        case is OutboxRelay, is TimelineUpdatePublisher: servers.kafka != nil
        case let lease as WorkLease: servers.kafka != nil && lease.name == "relay"
        default: false
        }
    }

    private func stop() async throws {
        for follower in followers { follower.cancel() }
        for follower in followers { _ = await follower.result }
        for lease in node.services.compactMap({ $0 as? WorkLease }) { try await lease.release() }
        try await node.close()
    }

    private static func opened(
        _ folder: TemporaryFolder, _ settings: ServerSettings, _ clock: TestClock
    ) async throws -> Node {
        try await Node.opened(
            in: DataDirectory(folder.path), settings: settings,
            logger: Logger(label: "scenario") { _ in SwiftLogNoOpLogHandler() }, clock: clock.wall)
    }

    /// Stops, and starts again on the same file.
    func restart() async throws {
        try await stop()
        node = try await Self.opened(folder, settings, clock)
        follow()
        steppedThrough = runner("fanout")?.processed ?? 0
    }

    func close() async throws {
        try await stop()
        servers.stop()
    }

    private var runners: [ConsumerRunner] { node.services.compactMap { $0 as? ConsumerRunner } }

    private func runner(_ group: String) -> ConsumerRunner? {
        runners.first { $0.consumer.group == group }
    }

    /// What a deleted account left counts until this group has taken it down, so it works only when it is told to, and takes
    /// its events from the outbox: to join and leave a group on Kafka each time would take seconds.
    private static let deletions = "deleted-accounts"
    private var deletionsTaken: Int64 = 0

    private func takeDeletions(through head: Int64, by consumer: any EventConsumer) async throws {
        guard let consumer = consumer as? any TransactionalConsumer else { return }
        let events = try await events(after: deletionsTaken, consumer.topics, limit: .max)
        try await node.database.write { try consumer.handle(events, in: $0) }
        deletionsTaken = head
    }

    private var kafkaRunners: [KafkaConsumerRunner] { node.services.compactMap { $0 as? KafkaConsumerRunner } }

    /// Lets one consumer group handle all there is.
    func drain(_ group: String) async throws {
        let head = try await node.eventLog.head()
        if let runner = kafkaRunners.first(where: { $0.consumer.group == group }) {
            if group == Self.deletions { return try await takeDeletions(through: head, by: runner.consumer) }
            try await runner.waitUntilProcessed(head)
            if group == FanOutWork.group { try await arrived(through: head) }
            return
        }
        guard let runner = runner(group) else { return }
        repeat {
            // Where processes share the work, a runner does nothing without the lease, which may end in the midst of it.
            for lease in node.services.compactMap({ $0 as? WorkLease }) where lease.name == group {
                try await lease.renew()
            }
            try await runner.drain()
        } while runner.processed < head
        if group == FanOutWork.group { try await arrived(through: runner.processed) }
    }

    /// Returns once what fan-out told has come to the timelines in memory. It tells of its own events only.
    private func arrived(through processed: Int64) async throws {
        guard node.timelines.shared != nil else { return }
        let topics = FanOutWork.topics.map { "\($0.rawValue)" }.joined(separator: ", ")
        let offset = try await node.database.read { store in
            try store.integer(
                "SELECT max(event_offset) FROM outbox WHERE topic IN (\(topics)) AND event_offset <= $1",
                [.integer(processed)])
        }
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if node.timelines.offset() >= offset { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw StaleTimelines(behind: offset)
    }

    /// Lets every group handle all there is, and what they add.
    func settle() async throws {
        var head: Int64 = -1
        while try await node.eventLog.head() != head {
            head = try await node.eventLog.head()
            for group in runners.map(\.consumer.group) + kafkaRunners.map(\.consumer.group) { try await drain(group) }
        }
    }

    /// Lets fan-out handle the next few events only; it meets them again when drained. From Kafka they come by themselves.
    func stepFanOut(_ count: Int) async throws {
        guard let runner = runner("fanout") else { return }
        let start = max(steppedThrough, runner.processed)
        let events = try await events(after: start, runner.consumer.topics, limit: count)
        try await handle(events, by: runner.consumer)
        steppedThrough = events.last?.offset ?? start
        try await arrived(through: steppedThrough)
    }

    /// Hands fan-out events that it has had before.
    func replay(after offset: Int64, _ count: Int) async throws {
        let consumer: any EventConsumer
        let handled: Int64
        if let runner = runner(FanOutWork.group) {
            (consumer, handled) = (runner.consumer, runner.processed)
        } else if let runner = kafkaRunners.first(where: { $0.consumer.group == FanOutWork.group }) {
            (consumer, handled) = (runner.consumer, try await runner.processed())
        } else {
            return
        }
        let events = try await events(after: offset, consumer.topics, limit: count)
        try await handle(events.filter { $0.offset <= handled }, by: consumer)
    }

    private func handle(_ events: [Event], by consumer: any EventConsumer) async throws {
        guard !events.isEmpty else { return }
        try await (consumer as? any VolatileConsumer)?.handle(events)
        try await (consumer as? any IdempotentConsumer)?.handle(events)
    }

    private func events(after offset: Int64, _ topics: Set<Topic>, limit: Int) async throws -> [Event] {
        try await node.database.read { try Outbox.events(after: offset, topics: topics, limit: limit, $0) }
    }

    /// Empties what is derived and kept in memory.
    func dropTimelines() throws {
        try servers.flush()
        node.home.dropAll()
        node.users.dropAll()
    }

    var pulled: PulledAuthors { node.api.feed.pulled }
}

/// What fan-out told did not arrive.
struct StaleTimelines: Error {
    let behind: Int64
}
