import Core
import NIOCore
import Synchronization

/// One batch on its way: split by node, sent in parallel, its replies put back in order. What the cluster did not run
/// because it belongs elsewhere is sent there; nothing else is ever sent twice.
final class RedisExchange: Sendable {
    struct State {
        /// Empty until the first replies are in.
        var places: ContiguousArray<RedisReplies.Place> = []
        var parts: [ByteBuffer] = []
        var outstanding = 0
        var retries: [CommandRetry] = []
        var rounds = 0
        var shares = 0
        var isFinished = false

        /// - Returns: its number.
        mutating func addPart(_ bytes: ByteBuffer, commandCount: Int) -> Int32 {
            if places.isEmpty { places = .init(repeating: .init(part: 0, offset: 0), count: commandCount) }
            parts.append(bytes)
            return Int32(truncatingIfNeeded: parts.count - 1)
        }
    }

    let batch: RedisBatch
    let deadline: NIODeadline
    let topology: Topology
    let meters: RedisMeters
    let eventLoop: (any EventLoop)?
    let completion: @Sendable (Result<RedisReplies, RedisError>) -> Void
    let state = Mutex(State())

    /// - Parameter eventLoop: the sender's, if it is on one.
    init(
        _ batch: RedisBatch, deadline: NIODeadline, topology: Topology, meters: RedisMeters,
        from eventLoop: (any EventLoop)?, completion: @escaping @Sendable (Result<RedisReplies, RedisError>) -> Void
    ) {
        self.batch = batch
        self.deadline = deadline
        self.topology = topology
        self.meters = meters
        self.eventLoop = eventLoop
        self.completion = completion
    }

    /// Sends the whole batch to one node, as it is.
    func send(to node: RedisNode) {
        let outgoing = Outgoing(bytes: batch.buffer, replyCount: batch.count, deadline: deadline) { result in
            if case .success(let reply) = result, !reply.hasErrors {
                return self.completion(.success(RedisReplies(count: self.batch.count, buffer: reply.bytes)))
            }
            self.state.withLock { $0 = State(outstanding: 1, rounds: 1, shares: 1) }
            self.received(result, for: NodeShare(node: node, all: self.batch))
        }
        node.submit(outgoing, from: eventLoop)
    }

    /// Sends each command to the owner of its key's slot.
    func send(by map: SlotMap) {
        let anyNode = map.nodes.randomElement()
        let owners = batch.buffer.withUnsafeReadableBytes { bytes in
            batch.marks.map { mark in
                guard let key = batch.key(of: mark) else { return anyNode }
                return map.owner(of: KeySlot.of(UnsafeRawBufferPointer(rebasing: bytes[key])))
            }
        }
        if let first = owners.first, let node = first, owners.allSatisfy({ $0 === node }) { return send(to: node) }
        var shares: [NodeShare] = []
        var ownerless: [CommandRetry] = []
        for (command, owner) in owners.enumerated() {
            let route = CommandRoute(command: command)
            if let owner {
                add(route, for: owner, to: &shares)
            } else {
                ownerless.append(CommandRetry(reason: .wait, route: route))
            }
        }
        if !ownerless.isEmpty { topology.refreshSoon() }
        state.withLock { $0.retries += ownerless }
        send(shares)
    }

    func add(_ route: CommandRoute, for node: RedisNode, to shares: inout [NodeShare]) {
        let place = shares.firstIndex { $0.node === node } ?? shares.count
        if place == shares.count { shares.append(NodeShare(node: node)) }
        shares[place].add(route, of: batch)
    }

    func send(_ shares: [NodeShare]) {
        state.withLock { state in
            state.rounds += 1
            state.outstanding = shares.count
            state.shares += shares.count
        }
        if shares.isEmpty { return proceed() }
        for share in shares {
            let outgoing = Outgoing(bytes: share.bytes, replyCount: share.routes.count, deadline: deadline) { result in
                self.received(result, for: share)
            }
            share.node.submit(outgoing, from: eventLoop)
        }
    }

    private func received(_ result: Result<Outgoing.Reply, RedisError>, for share: NodeShare) {
        switch result {
        case .success(let reply): place(reply, of: share)
        case .failure(let error):
            guard batch.acceptsPartialReplies else { return finish(failing: error) }
            fail(share, error)
        }
        let isRoundOver = state.withLock { state in
            state.outstanding -= 1
            return state.outstanding == 0 && !state.isFinished
        }
        if isRoundOver { proceed() }
    }

    /// Notes where the replies are and which commands have to be sent again.
    private func place(_ reply: Outgoing.Reply, of share: NodeShare) {
        let elements = RedisElements(count: share.routes.count, buffer: reply.bytes)
        let isScript = { self.batch.marks[$0].script != RedisBatch.noScript }
        state.withLock { state in
            let part = state.addPart(reply.bytes, commandCount: batch.count)
            for (route, element) in zip(share.routes, elements) {
                guard let command = route.command else { continue }
                let offset = element.buffer.readerIndex - reply.bytes.readerIndex
                state.places[command] = .init(part: part, offset: Int32(truncatingIfNeeded: offset))
                guard reply.hasErrors, let error = element.error else { continue }
                let retry = CommandRetry(error, of: route, asked: share.node.address, isScript: isScript(command))
                if let retry { state.retries.append(retry) }
            }
        }
    }

    /// Its commands read as errors.
    private func fail(_ share: NodeShare, _ error: RedisError) {
        state.withLock { state in
            let answer = ByteBuffer(string: "-UNANSWERED \(error.code.rawValue)\r\n")
            let part = state.addPart(answer, commandCount: batch.count)
            for command in share.routes.compactMap(\.command) { state.places[command] = .init(part: part, offset: 0) }
        }
    }
}
