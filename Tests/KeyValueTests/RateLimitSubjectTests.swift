import Core
import KeyValue
import Testing
import TestSupport

@Suite struct RateLimitSubjectTests {
    @Test(
        "spellings of one subject",
        arguments: [
            ("2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff"), ("2001:db8:1:2::1", "2001:0db8:0001:0002::"),
            ("fe80::1%eth0", "fe80::2"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
        ])
    func same(left: String, right: String) {
        #expect(RateLimitSubject.address(left) == .address(right))
    }

    @Test(
        "different subjects",
        arguments: [
            ("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:3::1"), ("::1", "0.0.0.1"), ("unix", "unix2"),
            ("192.0.2.1", "192.0.2.01"),
        ])
    func different(left: String, right: String) {
        #expect(RateLimitSubject.address(left) != .address(right))
    }

    @Test("users, addresses and names do not meet")
    func kinds() {
        #expect(RateLimitSubject.user(1) != .user(2))
        #expect(RateLimitSubject.user(1) != .name("1"))
        #expect(RateLimitSubject.address("nonsense") == .name("nonsense"))
    }

    @Test("names are bounded")
    func longNames() {
        let long = String(repeating: "é", count: 1000)
        #expect(RateLimitSubject.name(long) == .name(long + "x"))
        #expect(RateLimitSubject.name("a") != .name("b"))
    }
}
