import Core

/// Which node serves which slots, as one node of the cluster told it.
final class SlotMap: Sendable {
    /// One line of `CLUSTER SLOTS`, without its replicas.
    struct Range: Equatable, Sendable {
        let slots: ClosedRange<Int>
        let master: RedisAddress
    }

    private static let nobody = UInt16.max

    let nodes: [RedisNode]
    private let owners: [UInt16]

    init(_ ranges: [Range], node: (RedisAddress) -> RedisNode) {
        var nodes: [RedisNode] = []
        var places: [RedisAddress: UInt16] = [:]
        var owners = [UInt16](repeating: Self.nobody, count: KeySlot.count)
        for range in ranges {
            let place = places[range.master] ?? UInt16(nodes.count)
            if places.updateValue(place, forKey: range.master) == nil { nodes.append(node(range.master)) }
            for slot in range.slots { owners[slot] = place }
        }
        self.nodes = nodes
        self.owners = owners
    }

    /// The node that serves a slot; nil if the cluster has none for it.
    func owner(of slot: Int) -> RedisNode? {
        let place = owners[slot]
        return place == Self.nobody ? nil : nodes[Int(place)]
    }
}

extension SlotMap {
    /// Reads the answer to `CLUSTER SLOTS`: arrays of first slot, last slot, master, replicas; a server is an array of
    /// host and port and more. A host that is null or empty is the one that was asked.
    static func ranges(_ reply: RedisReply, askedHost: String) throws -> [Range] {
        var ranges: [Range] = []
        var masters: Set<RedisAddress> = []
        for line in try reply.elements().map(Array.init) ?? [] {
            let fields = try line.elements().map(Array.init) ?? []
            guard fields.count >= 3, let first = try fields[0].integer(), let last = try fields[1].integer(),
                (0..<Int64(KeySlot.count)).contains(first), (first..<Int64(KeySlot.count)).contains(last)
            else { throw RedisError(.unexpectedReply, "slots that are none") }
            let server = try fields[2].elements().map(Array.init) ?? []
            guard server.count >= 2, let port = try server[1].integer(), (1...65_535).contains(port) else {
                throw RedisError(.unexpectedReply, "slots without a server")
            }
            let host = try server[0].string() ?? ""
            // Of a node whose host the cluster does not know.
            if host == "?" { continue }
            let master = RedisAddress(host: host.isEmpty ? askedHost : host, port: Int(port))
            masters.insert(master)
            guard masters.count <= Limits.redisNodesMax else {
                throw RedisError(.unexpectedReply, "a cluster of more than \(Limits.redisNodesMax) nodes")
            }
            ranges.append(Range(slots: Int(first)...Int(last), master: master))
        }
        return ranges
    }
}
