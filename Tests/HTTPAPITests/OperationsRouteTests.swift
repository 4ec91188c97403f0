import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Operations")
struct OperationsRouteTests {
    @Test("alive, and ready only while serving")
    func health() async throws {
        try await TestServer.run { server in
            #expect(await server.get("/healthz").text == #"{"status":"ok"}"#)
            #expect(await server.get("/readyz").text == #"{"status":"ready"}"#)
            server.readiness.stopServing()
            let answer = await server.get("/readyz")
            #expect(answer.status == 503)
            #expect(answer.headers[.retryAfter] == "1")
            #expect(await server.get("/healthz").status == 200)
        }
    }

    @Test("metrics are for those who know the token")
    func metrics() async throws {
        try await TestServer.run { server in
            let answer = await server.send(Call(.get, "/metrics", as: TestServer.metricsToken))
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
            let alice = try await server.register("alice")
            for token in [nil, "", "let me", alice.token] {
                #expect(await server.send(Call(.get, "/metrics", as: token)).status == 404)
            }
        }
    }
}
