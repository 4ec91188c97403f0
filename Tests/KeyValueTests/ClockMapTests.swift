import Testing
import TestSupport

@testable import KeyValue

@Suite struct ClockMapTests {
    /// A key whose place a test can choose.
    struct Key: CacheKey {
        let number: Int
        let place: UInt64

        func cacheHash(seed: UInt64) -> UInt64 { place }
    }

    @Test("agrees with a dictionary, also where keys crowd together", arguments: 0..<20, [1, 3, 64] as [UInt64])
    func model(seed: Int, places: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        var map = ClockMap<Key, String>(seed: 0)
        defer { map.free() }
        var model: [Int: String] = [:]
        for step in 0..<600 {
            let number = Int.random(in: 0..<24, using: &numbers)
            let key = Key(number: number, place: UInt64(number) % places &* 0x9E37)
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0, 1: #expect(map.insert("\(step)", forKey: key) == model.updateValue("\(step)", forKey: number))
            case 2: #expect(map.remove(key) == model.removeValue(forKey: number))
            default: #expect(map.read(key) == model[number])
            }
            #expect(map.count == model.count)
        }
        map.removeAll()
        #expect(map.count == 0 && map.read(Key(number: 1, place: 0)) == nil)
    }

    @Test("evicts each element once, and one that is read again and again last")
    func eviction() {
        var map = ClockMap<Int, Int>(seed: 7)
        defer { map.free() }
        for number in 0..<100 { map.insert(number, forKey: number) }
        var evicted: [Int] = []
        while map.count > 1 {
            _ = map.read(42)
            evicted += map.evict().map { [$0] } ?? []
        }
        #expect(Set(evicted).count == 99 && !evicted.contains(42))
        #expect(map.evict() == 42)
        #expect(map.evict() == nil)
    }

    @Test("keys of one process are spread by its secret")
    func seeds() {
        #expect(Int64(1).cacheHash(seed: 1) != Int64(1).cacheHash(seed: 2))
        #expect(Set((0..<1_000).map { Int64($0).cacheHash(seed: 3) }).count == 1_000)
    }
}
