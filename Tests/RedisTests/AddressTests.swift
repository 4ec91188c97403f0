import NIOCore
import Testing

@testable import Redis

@Suite struct AddressTests {
    @Test("a URL names seeds, user, password and database")
    func urls() throws {
        let plain = try RedisURL("redis://localhost")
        #expect(plain.seeds == [RedisAddress(host: "localhost", port: 6_379)])
        #expect(!plain.isTLS && plain.user == nil && plain.password == nil && plain.database == 0)
        let full = try RedisURL("rediss://bob:p%40ss%3A@[::1]:7000/3")
        #expect(full.seeds == [RedisAddress(host: "::1", port: 7_000)])
        #expect(full.isTLS && full.user == "bob" && full.password == "p@ss:" && full.database == 3)
        let seeds = try RedisURL("redis://:secret@a:1,b:2,c").seeds
        #expect(seeds.map(\.description) == ["a:1", "b:2", "c:6379"])
    }

    @Test(
        "a URL that makes no sense is refused, without telling the password",
        arguments: [
            "", "http://a", "redis://", "redis://a:0", "redis://a:65536", "redis://a:x", "redis://a,,b", "redis://a/x",
            "redis://a,b/1", "redis://secret@a", "redis://u:secret%ZZ@a", "redis://u:secret%f@a", "redis://a/-1",
        ])
    func invalid(url: String) throws {
        let error = try #require(throws: RedisError.self) { try RedisURL(url) }
        #expect(error.code == .invalidSetting)
        #expect(!error.description.contains("secret"))
    }

    /// From the cluster specification, and from `CLUSTER KEYSLOT`.
    @Test(
        "the slot of a key",
        arguments: [
            ("123456789", 0x31C3), ("", 0), ("foo", 12_182), ("{foo}bar", 12_182), ("a{foo}{bar}", 12_182),
            ("foo{}{bar}", 8_363), ("foo{{bar}}zap", 4_015), ("{foo", 13_308),
        ])
    func slots(key: String, slot: Int) {
        #expect(Array(key.utf8).withUnsafeBytes { KeySlot.of($0) } == slot)
    }

    @Test("slots without a host are of the host that was asked; impossible ones are refused")
    func slotRanges() throws {
        func ranges(_ text: String) throws -> [SlotMap.Range] {
            try SlotMap.ranges(RedisReply(ByteBuffer(string: text)), askedHost: "asked")
        }
        let server = "*3\r\n$1\r\na\r\n:7000\r\n$2\r\nid\r\n"
        #expect(
            try ranges("*2\r\n*3\r\n:0\r\n:99\r\n\(server)*3\r\n:100\r\n:16383\r\n*2\r\n$-1\r\n:7001\r\n")
                == [
                    .init(slots: 0...99, master: .init(host: "a", port: 7_000)),
                    .init(slots: 100...16_383, master: .init(host: "asked", port: 7_001)),
                ])
        #expect(try ranges("*1\r\n*3\r\n:0\r\n:9\r\n*2\r\n$1\r\n?\r\n:1\r\n").isEmpty)
        for bad in [
            ":0\r\n:16384\r\n\(server)", ":5\r\n:4\r\n\(server)", ":-1\r\n:4\r\n\(server)", ":0\r\n:1\r\n:2\r\n",
        ] {
            #expect(throws: RedisError.self) { try ranges("*1\r\n*3\r\n\(bad)") }
        }
        #expect(throws: RedisError.self) { try ranges("*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:99999\r\n") }
    }
}
