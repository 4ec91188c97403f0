import Testing

@testable import HTTPAPI

@Suite("Forwarded-for headers")
struct TrustedProxiesTests {
    @Test(
        "they count only from configured proxies",
        arguments: [
            ([], "10.0.0.1", "192.0.2.7", "10.0.0.1"),
            (["10.0.0.0/8"], "10.0.0.1", nil, "10.0.0.1"),
            (["10.0.0.0/8"], "10.0.0.1", "192.0.2.7", "192.0.2.7"),
            (["10.0.0.0/8"], "198.51.100.1", "192.0.2.7", "198.51.100.1"),
            // What a client wrote itself stands on the left and is not believed.
            (["10.0.0.0/8"], "10.0.0.1", "127.0.0.1, 192.0.2.7", "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", "192.0.2.7, 10.2.3.4", "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", "10.9.9.9,10.2.3.4", "10.9.9.9"),
            (["10.0.0.0/8"], "10.0.0.1", "192.0.2.7, unknown, 10.2.3.4", "10.2.3.4"),
            (["10.0.0.0/8"], "10.0.0.1", "\t192.0.2.7 ", "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
            (["10.0.0.0/8"], "10.0.0.1", ",,,", "10.0.0.1"),
            (["10.0.0.0/8"], "10.0.0.1", "192.0.2.7:80", "10.0.0.1"),
            (["::1"], "::1", "2001:db8::7", "2001:db8::7"),
            (["2001:db8::/32"], "2001:db8:1::1", "192.0.2.7", "192.0.2.7"),
            (["10.0.0.128/25"], "10.0.0.127", "192.0.2.7", "10.0.0.127"),
            (["10.0.0.128/25"], "10.0.0.129", "192.0.2.7", "192.0.2.7"),
            (["0.0.0.0/0"], "8.8.8.8", "192.0.2.7", "192.0.2.7"),
            (["10.0.0.0/8"], "unix", "192.0.2.7", "unix"),
        ] as [([String], String, String?, String)])
    func client(trusted: [String], peer: String, forwardedFor: String?, expected: String) throws {
        #expect(try TrustedProxies(trusted).client(peer: peer, forwardedFor: forwardedFor) == expected)
    }

    @Test(
        "a network that is none is refused",
        arguments: ["", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0/8", "::/129", "localhost"])
    func malformed(text: String) {
        #expect(throws: TrustedProxies.Malformed.self) { try TrustedProxies([text]) }
    }
}
