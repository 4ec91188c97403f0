import HTTPTypes
import KeyValue
import Telemetry
import Testing

@testable import HTTPAPI

@Suite("Pages of other origins at the front desk")
struct CrossOriginFrontTests {
    private static func request(_ target: String, _ token: String?, origin: String?) -> [UInt8] {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let field = origin.map { "oRIGIN: \($0)\r\n" } ?? ""
        return Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(authorization)\(field)\r\n".utf8)
    }

    private static let origins =
        [nil, AllowedOriginsTests.app, "https://evil.example.com"]
        + AllowedOriginsTests.hostile.filter { origin in
            origin.utf8.count < 3_000 && origin.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        }

    @Test("they get the ordinary bytes", arguments: [[], [AllowedOriginsTests.app], ["*"]])
    func sameBytes(allowed: [String]) async throws {
        var options = TestServer.Options()
        options.allowedOrigins = try AllowedOrigins(allowed)
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            let desk = FrontDesk(server.api.frontReception(clock: server.clock.wall))
            for (target, token) in [("/v1/feed", alice.token), ("/v1/users/\(alice.id)", nil)] {
                _ = await server.send(Call(.get, target, as: token))
                for origin in Self.origins {
                    var call = Call(.get, target, as: token)
                    if let origin { call = try call.with("Origin", origin) }
                    let fast = try #require(desk.bytes(Self.request(target, token, origin: origin)), "\(origin ?? "-")")
                    let ordinary = await server.edgeAnswer(call)
                    #expect(WireAnswer(bytes: fast).fields == ordinary.lastingLines)
                    let speaks = String(decoding: fast, as: UTF8.self).contains("Origin")
                    #expect(speaks == (origin != nil && !allowed.isEmpty), "\(origin ?? "-")")
                }
            }
        }
    }

    @Test("where answers may be compressed they vary by both; the longest head has room")
    func longest() async throws {
        var options = TestServer.Options()
        options.allowedOrigins = try AllowedOrigins([AllowedOriginsTests.longest])
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            _ = await server.get("/v1/feed", as: alice)
            var limits = RateLimits()
            limits.userReads = RateLimitRule(name: "user-reads", limit: 1_000_000_000, window: .seconds(60))
            let api = server.api
            let desk = FrontDesk(
                FrontReception(
                    routes: FrontRoutes(api.routes.endpoints), authenticator: api.authenticator, activity: api.activity,
                    limiter: RequestLimiter(limits: limits, limiter: MemoryRateLimiter()), metrics: RouteMetrics(),
                    requestIDs: RequestIDGenerator(), compression: .all, origins: api.origins,
                    clock: server.clock.wall))
            let request = Self.request("/v1/feed", alice.token, origin: AllowedOriginsTests.longest)
            let bytes = try #require(desk.bytes(request))
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("\r\nVary: Origin, Accept-Encoding\r\n"))
            #expect(text.contains("\r\nAccess-Control-Allow-Origin: \(AllowedOriginsTests.longest)\r\n"))
            let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound)
            #expect((800...960).contains(end), "\(end)")
        }
    }
}
