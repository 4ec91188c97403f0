import Testing
import TestServers

@testable import Redis

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Clusters that change while they are used.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ClusterTests {
    @Test("a slot that moves: TRYAGAIN and ASK on the way, MOVED at the end, and every command runs once")
    func migration() async throws {
        let cluster = try await RedisCluster()
        defer { cluster.stop() }
        try await withRedis(cluster.url) { redis in
            let keys = (0..<20).map { "{tag}:\($0)" }
            let source = try cluster.master(of: "{tag}")
            let target = try #require(try cluster.masters().first { $0.port != source.port })
            let slot = try source.command("CLUSTER", "KEYSLOT", "{tag}").filter(\.isNumber)
            let (sourceID, targetID) = (try cluster.id(of: source), try cluster.id(of: target))
            func increment() async throws -> [Int64?] {
                var batch = RedisBatch()
                for key in keys { batch.append("INCR", key) }
                for index in 0..<100 { batch.append("INCR", "elsewhere:\(index)") }
                let replies = try await redis.send(batch).checked().map { try $0.integer() }
                #expect(Set(replies).count == 1)
                return replies
            }
            #expect(try await increment().first == 1)

            try target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceID)
            try source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", targetID)
            for key in keys.prefix(10) {
                try source.command("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
            }
            // Half of the keys are here, half there.
            #expect(try await increment().first == 2)
            // Both keys of one command are not in one place until the second is moved.
            var both = RedisBatch()
            both.append("MGET", keys[0], keys[10])
            let pair = both
            async let values = redis.send(pair).only().elements().map { try $0.map { try $0.integer() } }
            try source.command("MIGRATE", "127.0.0.1", "\(target.port)", keys[10], "0", "5000")
            #expect(try await values == [2, 2])

            for key in keys.dropFirst(11) {
                try source.command("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
            }
            for server in [target, source] { try server.command("CLUSTER", "SETSLOT", slot, "NODE", targetID) }
            // The client's map is old: the first answer is MOVED.
            #expect(try await increment().first == 3)
            try await eventually("the map is new") {
                guard case .cluster(let map) = redis.topology.shape else { return false }
                return map.owner(of: Int(slot) ?? 0)?.address.port == target.port
            }
            #expect(try await increment().first == 4)
        }
    }

    @Test("a script's first run on the node that a slot moves to")
    func askedScript() async throws {
        let cluster = try await RedisCluster()
        defer { cluster.stop() }
        try await withRedis(cluster.url) { redis in
            let source = try cluster.master(of: "{tag}")
            let target = try #require(try cluster.masters().first { $0.port != source.port })
            let slot = try source.command("CLUSTER", "KEYSLOT", "{tag}").filter(\.isNumber)
            let (sourceID, targetID) = (try cluster.id(of: source), try cluster.id(of: target))
            try target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceID)
            try source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", targetID)
            var batch = RedisBatch()
            let script = RedisScript("return redis.call('INCR', KEYS[1])")
            for _ in 0..<3 { batch.append(script, key: "{tag}:new") }
            #expect(try await redis.send(batch).map { try $0.integer() } == [1, 2, 3])
        }
    }

    @Test("a master is killed: its batches fail clearly, the replica takes over, and the client finds it")
    func failover() async throws {
        let cluster = try await RedisCluster()
        defer { cluster.stop() }
        var settings = RedisSettings()
        settings.deadline = .seconds(5)
        try await withRedis(cluster.url, settings) { redis in
            var batch = RedisBatch()
            for index in 0..<100 { batch.append("SET", "key:\(index)", index) }
            let write = batch
            _ = try await redis.send(write).checked()
            try cluster.master(of: "key:0").signal(SIGKILL)
            // Written again: on a busy machine other replicas may have taken over, too, without the last writes.
            try await eventually("all keys are written and read again") {
                _ = try await redis.send(write).checked()
                var read = RedisBatch()
                for index in 0..<100 { read.append("GET", "key:\(index)") }
                let values = try await redis.send(read).checked().map { try $0.integer() }
                return values == (0..<100).map(Int64.init)
            }
        }
    }

    @Test("a batch that accepts it gets the replies of the nodes that answer")
    func partial() async throws {
        let cluster = try await RedisCluster(nodeTimeout: 60_000)
        defer { cluster.stop() }
        var settings = RedisSettings.patient
        settings.connectionsPerNode = 1
        try await withRedis(cluster.url, settings) { redis in
            var batch = RedisBatch()
            for index in 0..<100 { batch.append("SET", "key:\(index)", index) }
            _ = try await redis.send(batch)
            let victim = try cluster.master(of: "key:0")
            victim.signal(SIGSTOP)
            batch.deadline = .seconds(2)
            let whole = batch
            let error = try await failure { try await redis.send(whole) }
            #expect(error?.code == .deadlineExceeded)
            batch.acceptsPartialReplies = true
            let replies = Array(try await redis.send(batch))
            #expect(replies.count == 100)
            #expect(replies[0].error?.serverCode == "UNANSWERED")
            #expect(try replies.count { try $0.error == nil && $0.string() == "OK" } > 20)
            victim.signal(SIGCONT)
        }
    }

    @Test("one seed is enough, also a replica")
    func oneSeed() async throws {
        let cluster = try await RedisCluster()
        defer { cluster.stop() }
        let masters = try cluster.masters().map(\.port)
        for server in cluster.servers {
            try await withRedis(server.url) { redis in
                guard case .cluster(let map) = redis.topology.shape else {
                    Issue.record("a cluster was expected")
                    return
                }
                #expect(map.nodes.map(\.address.port).sorted() == masters.sorted())
                try await redis.set("key", "value")
                #expect(try await redis.get("key") == "value")
            }
        }
    }
}
