import Core
import HTTPTypes
import KeyValue
import Testing

@testable import HTTPAPI

@Suite("What a browser asks before it sends a page's request")
struct PreflightTests {
    private static let app = AllowedOriginsTests.app

    private static func preflight(
        _ path: String, _ method: String = "GET", origin: String? = app, as token: String? = nil
    ) throws -> Call {
        let call = try Call(.options, path, as: token).with("Access-Control-Request-Method", method)
        return try origin.map { try call.with("Origin", $0) } ?? call
    }

    private static let options: TestServer.Options = {
        var options = TestServer.Options()
        do { options.allowedOrigins = try AllowedOrigins([app]) } catch { Issue.record("\(error)") }
        options.limits.isEnabled = true
        options.limits.address = RateLimitRule(name: "address", limit: 1, window: .seconds(3600))
        options.limits.credentials = RateLimitRule(name: "credentials", limit: 1, window: .seconds(3600))
        return options
    }()

    @Test("every route answers, with its methods, without a token and for nothing")
    func everyRoute() async throws {
        try await TestServer.run(Self.options) { server in
            for endpoint in server.api.routes.endpoints {
                let path = endpoint.path.replacing(/\{[a-z_]+\}/, with: "1")
                let answer = await server.edgeAnswer(try Self.preflight(path, endpoint.method.rawValue))
                let fields = answer.fields
                let methods = fields[.accessControlAllowMethods]?.split(separator: ", ").map(String.init) ?? []
                #expect(answer.status == 204, "\(path)")
                #expect(methods.contains(endpoint.method.rawValue) && methods == methods.sorted(), "\(path)")
                #expect(methods.contains("HEAD") == methods.contains("GET") && !methods.contains("OPTIONS"), "\(path)")
                #expect(fields[.accessControlAllowOrigin] == Self.app && fields[.vary] == "Origin", "\(path)")
                let sent = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Starling-Position"
                #expect(fields[.accessControlAllowHeaders] == sent && fields[.accessControlMaxAge] == "7200", "\(path)")
                #expect(fields[.contentLength] == nil && fields[.accessControlExposeHeaders] == nil, "\(path)")
                #expect(fields[.rateLimit] == nil, "\(path)")
                // The path takes those methods, and no other.
                for method in [HTTPRequest.Method.get, .put, .post, .patch, .delete] {
                    var isTaken = false
                    if case .endpoint = server.api.routes.match(method, path) { isTaken = true }
                    #expect(methods.contains(method.rawValue) == isTaken, "\(method) \(path)")
                }
            }
            #expect(await server.get("/openapi.json").status == 200)
            #expect(await server.get("/openapi.json").status == 429)
            #expect(await server.edgeAnswer(try Self.preflight("/v1/feed")).status == 204)
        }
    }

    @Test("a token that comes with it is not looked at, nor the method it asks for")
    func cheap() async throws {
        try await TestServer.run(Self.options) { server in
            let calls: [(String, String?)] = [("GET", "no.such.token"), ("DELETE", nil), ("ANYTHING", nil), ("", nil)]
            for (method, token) in calls {
                let answer = await server.edgeAnswer(try Self.preflight("/v1/feed", method, as: token))
                #expect(answer.status == 204 && answer.fields[.accessControlAllowMethods] == "GET, HEAD")
            }
            #expect(await server.api.respond(to: try Self.request("/v1/feed")).route == "preflight")
        }
    }

    private static func request(_ path: String) throws -> APIRequest {
        APIRequest(method: .options, path: path, headers: try preflight(path).headers)
    }

    @Test("who asks for what is not there, from elsewhere, or asks something else, is refused as ever")
    func refused() async throws {
        var options = Self.options
        options.limits.isEnabled = false
        try await TestServer.run(options) { server in
            #expect(await server.edgeAnswer(try Self.preflight("/nowhere")).status == 404)
            #expect(await server.edgeAnswer(try Self.preflight("/v1/feed/")).status == 404)
            for origin in AllowedOriginsTests.hostile where !origin.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                let answer = await server.edgeAnswer(try Self.preflight("/v1/feed", origin: origin))
                #expect(answer.status == 403 && answer.fields[.accessControlAllowMethods] == nil, "\(origin)")
                #expect(answer.fields[.accessControlAllowOrigin] == nil, "\(origin)")
            }
            #expect(await server.edgeAnswer(try Self.preflight("/v1/feed", origin: nil)).status == 405)
            let noMethod = try Call(.options, "/v1/feed").with("Origin", Self.app)
            #expect(await server.edgeAnswer(noMethod).status == 405)
        }
    }
}
