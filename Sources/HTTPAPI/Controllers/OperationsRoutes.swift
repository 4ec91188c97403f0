import HTTPTypes
import Core
import Synchronization
import Telemetry

/// Routes for those who run the server: is it alive, is it ready, what does it measure, what can it do.
package struct OperationsRoutes: Sendable {
    private let readiness: Readiness
    private let metrics: MetricsRegistry
    private let metricsToken: String?

    /// - Parameter metricsToken: who knows it may read `/metrics` here; nil keeps them to their own port.
    package init(readiness: Readiness, metrics: MetricsRegistry, metricsToken: String?) {
        self.readiness = readiness
        self.metrics = metrics
        self.metricsToken = metricsToken
    }

    func endpoints(documenting features: [Endpoint]) -> [Endpoint] {
        let own = [
            Endpoint(
                .get, "/healthz", .open, charge: .some(.none),
                Operation("getHealth", "Whether the process lives", tag: "Operations", answer: (200, "Health")),
                handler: { _ in .json(Array(#"{"status":"ok"}"#.utf8)) }),
            Endpoint(
                .get, "/readyz", .open, charge: .some(.none),
                Operation(
                    "getReadiness", "Whether the server can serve and its store can write", tag: "Operations",
                    answer: (200, "Health"), problems: [503]),
                handler: { _ in
                    try await readiness.check()
                    return .json(Array(#"{"status":"ready"}"#.utf8))
                }),
            Endpoint(
                .get, "/metrics", .open, charge: .some(.none),
                Operation(
                    "getMetrics", "Metrics in Prometheus text format, with the metrics token", tag: "Operations",
                    answer: (200, "Metrics"), problems: [404]), handler: metrics),
        ]
        let operation = Operation("getOpenAPI", "This document", tag: "Operations", answer: (200, "OpenAPI"))
        // The document describes its own route as well, so it is made from a stand-in first.
        let placeholder = Endpoint(.get, "/openapi.json", .open, operation, handler: { _ in .noContent })
        let document = OpenAPIDocument(endpoints: features + own + [placeholder]).json()
        return own + [Endpoint(.get, "/openapi.json", .open, operation, handler: { _ in .json(document) })]
    }

    private func metrics(_ request: APIRequest) async throws -> APIResponse {
        guard let metricsToken, request.headers[.authorization] == "Bearer \(metricsToken)" else {
            throw APIError.notFound
        }
        return APIResponse(contentType: MetricsRegistry.contentType, body: Array(metrics.prometheusText().utf8))
    }
}
