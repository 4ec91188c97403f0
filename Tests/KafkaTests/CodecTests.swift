import Core
import EventLog
import Testing
import TestSupport

struct CodecTests {
    private static func event(_ generator: inout SeededGenerator) -> Event {
        func number() -> Int64 {
            let bits = Int64(bitPattern: generator.next())
            return [bits, bits >> 40, 0, .max, .min].randomElement(using: &generator) ?? bits
        }
        let kind = EventKind.allCases.randomElement(using: &generator) ?? .followed
        let list = (0..<Int.random(in: 0...5, using: &generator)).map { _ in number() }
        return Event(
            kind, key: number(), subject: number(), object: number(), position: number(), flags: number(), list: list,
            occurredAt: number(), offset: Int64.random(in: 1 ... .max, using: &generator))
    }

    @Test("events survive the bytes", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let event = Self.event(&generator)
        #expect(try KafkaCodec.decode(KafkaCodec.bytes(of: event)) == .event(event))
    }

    @Test("an ordinary event is small")
    func size() {
        let id: Int64 = 2_700_000_000_000_000_000
        let event = Event(
            .postPublished, key: id, subject: id, position: id, flags: 1, occurredAt: 1_790_000_000_000,
            offset: 1_000_000)
        #expect(KafkaCodec.bytes(of: event).count <= 48)
    }

    @Test("every cut and every addition is refused")
    func cuts() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let bytes = KafkaCodec.bytes(of: Self.event(&generator))
            for end in 0..<bytes.count {
                #expect(throws: KafkaCodec.Failure.self) { try KafkaCodec.decode(Array(bytes[..<end])) }
            }
            #expect(throws: KafkaCodec.Failure.self) { try KafkaCodec.decode(bytes + [0]) }
        }
    }

    @Test("damaged bytes are an event of other numbers or refused, never a crash", arguments: 0..<50)
    func damage(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var bytes = KafkaCodec.bytes(of: Self.event(&generator))
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard bytes.first == 1, case .event(let event)? = try? KafkaCodec.decode(bytes) else { continue }
            // One event, one spelling.
            #expect(KafkaCodec.bytes(of: event) == bytes)
        }
    }

    @Test("events of another store are told apart, and those of before stores had numbers are taken")
    func stores() throws {
        let event = Event(.followed, key: 1, subject: 2, occurredAt: 3, offset: 9)
        let bytes = KafkaCodec.bytes(of: event, store: 7)
        #expect(try KafkaCodec.decode(bytes, store: 7) == .event(event))
        #expect(try KafkaCodec.decode(KafkaCodec.bytes(of: event), store: 7) == .event(event))
        let failure = #expect(throws: KafkaCodec.Failure.self) { try KafkaCodec.decode(bytes, store: 8) }
        guard case .foreign = failure else { throw try #require(failure) }
    }

    @Test("a newer version and an unknown kind are told apart from damage")
    func newer() throws {
        var bytes = KafkaCodec.bytes(of: Event(.followed, key: 1, subject: 2, occurredAt: 3, offset: 9))
        bytes[0] = 3
        let failure = #expect(throws: KafkaCodec.Failure.self) { try KafkaCodec.decode(bytes) }
        guard case .newerVersion(3) = failure else { throw try #require(failure) }
        // Offset 9, then the kind: 63 is none.
        bytes[0] = 1
        bytes[2] = 126
        #expect(try KafkaCodec.decode(bytes) == .unknown(offset: 9))
    }
}
