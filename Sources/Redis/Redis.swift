import NIOCore
import NIOPosix
import Telemetry

/// A client of one Redis server or of a Redis Cluster; the URL's server says which.
///
/// It never runs a command twice: a batch that failed after it may have been sent fails, and its sender decides.
/// When Redis is slow or gone it fails fast, so that its callers can turn to the store. It has to be closed in the end.
package final class Redis: Sendable {
    let topology: Topology
    let credentials: Endpoint.Credentials
    let settings: RedisSettings
    let meters: RedisMeters
    let logger: Logger
    let group: any EventLoopGroup

    private init(
        _ url: RedisURL, settings: RedisSettings, group: any EventLoopGroup, logger: Logger,
        metrics: any MetricsFactory
    ) throws {
        self.settings = settings
        self.group = group
        self.logger = logger
        let meters = RedisMeters(metrics)
        let credentials = try Endpoint.Credentials(url, settings)
        self.meters = meters
        self.credentials = credentials
        let eventLoops = Array(group.makeIterator().prefix(max(1, settings.connectionsPerNode)))
        let trouble = TroubleBell()
        let directory = NodeDirectory { address in
            let endpoint = Endpoint(
                address: address, credentials: credentials, settings: settings, logger: logger, meters: meters,
                onTrouble: { trouble.ring() })
            return RedisNode(endpoint, on: eventLoops)
        }
        topology = Topology(
            url, settings, on: group.next(), directory: directory, meters: meters, logger: logger)
        trouble.attach(topology)
    }

    /// - Parameters:
    ///   - url: `redis://` or `rediss://`; see `RedisURL`.
    ///   - group: where its connections live. On the sender's own loops a round trip wakes no other thread.
    ///   - waits: whether the server must answer now. If not, the client fails every batch until the server is there.
    /// - Throws: `RedisError` if the URL or the certificates make no sense or, waiting, nobody answers in time.
    package static func connect(
        _ url: String, settings: RedisSettings = RedisSettings(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, waits: Bool = true,
        logger: Logger = Logger(label: "redis"), metrics: any MetricsFactory = MetricsSystem.factory
    ) async throws -> Redis {
        let redis = try Redis(RedisURL(url), settings: settings, group: group, logger: logger, metrics: metrics)
        redis.topology.refreshSoon()
        guard waits else { return redis }
        let known = redis.topology.known
        let timeout = known.futureResult.eventLoop.scheduleTask(in: TimeAmount(settings.connectTimeout * 2)) {
            known.fail(RedisError(.unavailable, "no Redis server answered"))
        }
        defer { timeout.cancel() }
        do {
            try await known.futureResult.get()
        } catch {
            await redis.close()
            throw error
        }
        return redis
    }

    /// For a connection beside those of the nodes.
    func endpoint(_ address: RedisAddress) -> Endpoint {
        Endpoint(
            address: address, credentials: credentials, settings: settings, logger: logger, meters: meters,
            onTrouble: { [topology] in topology.refreshSoon() })
    }

    /// Ends all connections. Batches under way fail with `connectionLost`, later ones with `closed`.
    package func close() async {
        await topology.close()
    }

    /// Sends the batch and waits for its replies, at most until its deadline; cancellation does not shorten that.
    /// - Throws: `RedisError`. An error that the server answers to a command is not thrown: it is in the reply.
    package func send(_ batch: RedisBatch) async throws -> RedisReplies {
        try await withCheckedThrowingContinuation { continuation in
            send(batch, from: nil) { continuation.resume(with: $0.mapError { $0 }) }
        }
    }

    /// Sends the batch without a task: for the event loop of a request that needs few microseconds otherwise.
    /// - Returns: a future on that loop. If a connection lives on it too, no other thread takes part.
    package func send(_ batch: RedisBatch, on eventLoop: any EventLoop) -> EventLoopFuture<RedisReplies> {
        let promise = eventLoop.makePromise(of: RedisReplies.self)
        send(batch, from: eventLoop) { promise.completeWith($0.mapError { $0 }) }
        return promise.futureResult
    }

    /// Sends the batch and calls back once, on any thread, where nothing may block.
    /// - Parameter eventLoop: the sender's, if it is on one.
    package func send(
        _ batch: RedisBatch, from eventLoop: (any EventLoop)?,
        completion: @escaping @Sendable (Result<RedisReplies, RedisError>) -> Void
    ) {
        guard batch.count > 0 else { return completion(.success(RedisReplies(count: 0, buffer: ByteBuffer()))) }
        let start = NIODeadline.now()
        let meters = meters
        meters.batches.increment()
        meters.commands.increment(by: batch.count)
        route(batch, deadline: start + TimeAmount(batch.deadline ?? settings.deadline), from: eventLoop) { result in
            switch result {
            case .success: meters.seconds.recordNanoseconds((NIODeadline.now() - start).nanoseconds)
            case .failure(let error): meters.failed(error.code)
            }
            completion(result)
        }
    }

    private func route(
        _ batch: RedisBatch, deadline: NIODeadline, from eventLoop: (any EventLoop)?,
        completion: @escaping @Sendable (Result<RedisReplies, RedisError>) -> Void
    ) {
        let exchange = {
            RedisExchange(
                batch, deadline: deadline, topology: self.topology, meters: self.meters, from: eventLoop,
                completion: completion)
        }
        switch topology.shape {
        case .unknown: completion(.failure(RedisError(.unavailable, "no Redis server has answered yet")))
        case .single(let node): exchange().send(to: node)
        case .cluster(let map): exchange().send(by: map)
        }
    }
}
