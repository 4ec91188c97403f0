import Core
import NIOCore
import Synchronization
import Telemetry

/// What follows when every node has answered.
extension RedisExchange {
    /// Every node of a round has answered: the batch is done, or what was not run goes out again.
    func proceed() {
        let (retries, rounds) = state.withLock { state in
            defer { state.retries = [] }
            return (state.retries, state.rounds)
        }
        if retries.isEmpty { return finish() }
        for reason in CommandRetry.Reason.allCases {
            let count = retries.count { $0.reason == reason }
            if count > 0 { meters.redirected(reason, count: count) }
        }
        guard rounds < Limits.redisRoundsMax else {
            return finish(failing: RedisError(.unavailable, "sent to and fro in the cluster", mayHaveRun: true))
        }
        if retries.contains(where: { $0.reason == .moved || $0.reason == .wait }) { topology.refreshSoon() }
        guard retries.contains(where: { $0.reason == .wait }) else { return send(again: retries) }
        // 10 ms, 20 ms … 160 ms: what a slot takes to migrate or a server to load.
        let time = NIODeadline.now() + .milliseconds(10 << Int64(min(rounds - 1, 4)))
        guard time < deadline else {
            return finish(failing: RedisError(.deadlineExceeded, "the server was not ready in time"))
        }
        _ = (eventLoop ?? topology.eventLoop).scheduleTask(deadline: time) { self.send(again: retries) }
    }

    private func send(again retries: [CommandRetry]) {
        var shares: [NodeShare] = []
        // In the order of the batch: commands of one key stay in theirs.
        for retry in retries.sorted(by: { ($0.route.command ?? 0) < ($1.route.command ?? 0) }) {
            if let node = node(for: retry.route) {
                add(retry.route, for: node, to: &shares)
            } else {
                state.withLock { $0.retries.append(CommandRetry(reason: .wait, route: retry.route)) }
            }
        }
        send(shares)
    }

    private func node(for route: CommandRoute) -> RedisNode? {
        if let address = route.address { return topology.directory.node(at: address) }
        switch topology.shape {
        case .unknown: return nil
        case .single(let node): return node
        case .cluster(let map):
            guard let command = route.command, let key = batch.key(of: batch.marks[command]) else {
                return map.nodes.randomElement()
            }
            return batch.buffer.withUnsafeReadableBytes { bytes in
                map.owner(of: KeySlot.of(UnsafeRawBufferPointer(rebasing: bytes[key])))
            }
        }
    }

    private func finish() {
        let replies: RedisReplies? = state.withLock { state in
            if state.isFinished { return nil }
            state.isFinished = true
            return RedisReplies(places: state.places, parts: state.parts)
        }
        if let replies { completion(.success(replies)) }
    }

    func finish(failing error: RedisError) {
        let shares: Int? = state.withLock { state in
            if state.isFinished { return nil }
            state.isFinished = true
            return state.shares
        }
        guard let shares else { return }
        let mayHaveRun = error.mayHaveRun || shares > 1
        completion(.failure(RedisError(error.code, error.detail, mayHaveRun: mayHaveRun)))
    }
}
