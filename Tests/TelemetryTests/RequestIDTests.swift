import Testing

@testable import Telemetry

@Suite struct RequestIDTests {
    @Test("sixteen lowercase hexadecimal digits")
    func description() {
        #expect(RequestID(rawValue: 0x0123_4567_89AB_CDEF).description == "0123456789abcdef")
        #expect(RequestID(rawValue: 0).description == "0000000000000000")
    }

    @Test("no two ids of a generator are alike, and generators differ")
    func unique() {
        let generator = RequestIDGenerator(seed: 1)
        let other = RequestIDGenerator(seed: 2)
        let ids = Set((0..<10_000).map { _ in generator.next() })
        #expect(ids.count == 10_000)
        #expect(!ids.contains(other.next()))
    }
}
