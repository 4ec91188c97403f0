import NIOCore
import Synchronization

/// The nodes that are known, one for each address.
final class NodeDirectory: Sendable {
    private let nodes = Mutex<[RedisAddress: RedisNode]>([:])
    private let make: @Sendable (RedisAddress) -> RedisNode

    init(make: @escaping @Sendable (RedisAddress) -> RedisNode) {
        self.make = make
    }

    var all: [RedisNode] { nodes.withLock { Array($0.values) } }

    func node(at address: RedisAddress) -> RedisNode {
        nodes.withLock { nodes in
            if let node = nodes[address] { return node }
            let node = make(address)
            nodes[address] = node
            return node
        }
    }

    /// Takes leave of all other nodes.
    func keep(only addresses: Set<RedisAddress>) {
        let left = nodes.withLock { nodes in
            defer { nodes = nodes.filter { addresses.contains($0.key) } }
            return nodes.filter { !addresses.contains($0.key) }
        }
        for node in left.values { node.retire() }
    }

    func close() async {
        for node in all { await node.close() }
    }
}
