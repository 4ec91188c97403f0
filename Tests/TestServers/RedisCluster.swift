import TestSupport

/// A Redis Cluster for tests: three masters, each with a replica, which takes over if the master is gone.
package final class RedisCluster: Sendable {
    /// All six.
    package let servers: [RedisServer]
    private let folder: TemporaryFolder

    /// - Parameter nodeTimeout: in milliseconds; a master that says nothing for so long is replaced.
    package init(nodeTimeout: Int = 2_000) async throws {
        folder = try TemporaryFolder()
        var options = RedisServer.Options()
        options.isClusterNode = true
        options.further = ["--cluster-node-timeout", String(nodeTimeout)]
        options.further += ["--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0"]
        var servers: [RedisServer] = []
        for _ in 0..<6 { servers.append(try await RedisServer(options)) }
        self.servers = servers
        let addresses = servers.map { "127.0.0.1:\($0.port)" }
        let output = try CommandOutput.of(
            ["redis-cli", "--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"], in: folder)
        guard output.contains("All 16384 slots covered") else { throw RedisServer.Unusable(description: output) }
        try await waitUntilWhole()
    }

    /// `redis://…` with three seeds.
    package var url: String { "redis://" + servers.prefix(3).map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }

    package func stop() {
        for server in servers { server.stop() }
    }

    /// The master that serves the key's slot.
    package func master(of key: String) throws -> RedisServer {
        let slot = Int(try servers[0].command("CLUSTER", "KEYSLOT", key).prefix { $0.isNumber }) ?? 0
        for server in servers where try server.serves(slot) { return server }
        throw RedisServer.Unusable(description: "nobody serves the slot \(slot)")
    }

    package func masters() throws -> [RedisServer] {
        try servers.filter { try $0.command("ROLE").hasPrefix("master") }
    }

    /// The name that the cluster knows a server by.
    package func id(of server: RedisServer) throws -> String {
        String(try server.command("CLUSTER", "MYID").prefix { !$0.isWhitespace })
    }

    /// Waits until every node sees every slot served and every replica follows its master.
    package func waitUntilWhole() async throws {
        for _ in 0..<1_000 {
            if try servers.allSatisfy({ try $0.isInWholeCluster }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RedisServer.Unusable(description: "the cluster does not become whole")
    }
}

extension RedisServer {
    fileprivate var isInWholeCluster: Bool {
        get throws {
            guard try command("CLUSTER", "INFO").contains("cluster_state:ok") else { return false }
            let role = try command("INFO", "replication")
            return role.contains("role:master")
                ? role.contains("connected_slaves:1") : role.contains("master_link_status:up")
        }
    }

    /// As it says itself.
    fileprivate func serves(_ slot: Int) throws -> Bool {
        let lines = try command("CLUSTER", "NODES").split(separator: "\n")
        guard let own = lines.first(where: { $0.contains("myself,master") }) else { return false }
        return own.split(separator: " ").dropFirst(8).contains { range in
            let bounds = range.split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, let last = bounds.last else { return false }
            return first <= slot && slot <= last
        }
    }
}
