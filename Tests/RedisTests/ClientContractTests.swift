import NIOCore
import NIOPosix
import Testing

@testable import Redis

/// What the client does whatever stands behind the URL.
@Suite(.timeLimit(.minutes(10))) struct ClientContractTests {
    @Test("replies come in the order of the commands, whoever answers them", arguments: Deployment.all)
    func order(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let prefix = freshKey()
            var batch = RedisBatch()
            for index in 0..<1_000 {
                batch.append("SET", "\(prefix):\(index)", index)
                batch.append("INCR", "\(prefix):\(index)")
                if index.isMultiple(of: 100) { batch.append(keyless: "ECHO", "at \(index)") }
            }
            var replies = try await redis.send(batch).makeIterator()
            for index in 0..<1_000 {
                #expect(try replies.next()?.string() == "OK")
                #expect(try replies.next()?.integer() == Int64(index) + 1)
                if index.isMultiple(of: 100) { #expect(try replies.next()?.string() == "at \(index)") }
            }
            #expect(replies.next() == nil)
        }
    }

    @Test("values of every kind and size", arguments: Deployment.all)
    func values(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let key = freshKey()
            for size in [0, 1, 1_000, 100_000, 3_000_000] {
                let value = [UInt8]((0..<size).map { UInt8(truncatingIfNeeded: $0) })
                var batch = RedisBatch()
                batch.append("SET", key, value)
                batch.append("GET", key)
                let replies = Array(try await redis.send(batch))
                #expect(try replies[1].bytes() == ByteBuffer(bytes: value))
            }
            var batch = RedisBatch()
            batch.append("GET", key + "none")
            batch.append("ZADD", key + "{z}", 1.5, "member")
            batch.append("ZRANGE", key + "{z}", 0, -1, "WITHSCORES")
            batch.append("LPUSH", key + "{z}", "not a list")
            let replies = Array(try await redis.send(batch))
            #expect(replies[0].isNull)
            #expect(try replies[1].integer() == 1)
            #expect(try replies[2].elements()?.map { try $0.string() } == ["member", "1.5"])
            #expect(replies[3].error?.serverCode == "WRONGTYPE")
        }
    }

    @Test("many at once, from tasks and from event loops", arguments: Deployment.all)
    func concurrency(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let prefix = freshKey()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for task in 0..<16 {
                    tasks.addTask {
                        let loop = MultiThreadedEventLoopGroup.singleton.next()
                        for round in 0..<50 {
                            var batch = RedisBatch()
                            for index in 0..<20 { batch.append("SET", "\(prefix):\(task):\(index)", round) }
                            for index in 0..<20 { batch.append("GET", "\(prefix):\(task):\(index)") }
                            let replies =
                                round.isMultiple(of: 2)
                                ? try await redis.send(batch) : try await redis.send(batch, on: loop).get()
                            let values = try replies.dropFirst(20).map { try $0.integer() }
                            try #require(values == Array(repeating: Int64(round), count: 20))
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test("scripts run where nobody knows them yet", arguments: Deployment.all)
    func scripts(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let nonce = freshKey()
            let script = RedisScript("redis.call('INCRBY', KEYS[1], ARGV[1]); return {KEYS[1], '\(nonce)'}")
            var batch = RedisBatch()
            for index in 0..<100 {
                batch.append(script, key: "\(nonce):\(index)") { $0.add(index) }
                batch.append("EXISTS", "other\(index)")
            }
            // Once by its source, once by its hash.
            for round in 1...2 {
                for (index, reply) in try await redis.send(batch).enumerated() where index.isMultiple(of: 2) {
                    let values = try #require(try reply.elements()).map { try $0.string() }
                    #expect(values == ["\(nonce):\(index / 2)", nonce])
                }
                #expect(try await redis.get("\(nonce):7") == "\(7 * round)")
            }
            var wrong = RedisBatch()
            wrong.append(RedisScript("this is no Lua \(nonce)"), keys: [nonce])
            #expect(try await failure { try await redis.send(wrong).checked() }?.code == .server)
        }
    }

    @Test("a batch without commands, and a client that was closed", arguments: Deployment.all)
    func edges(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let replies = try await redis.send(RedisBatch())
            #expect(replies.count == 0)
            await redis.close()
            let error = try await failure { try await redis.get("key") }
            #expect(error?.code == .closed)
        }
    }
}
