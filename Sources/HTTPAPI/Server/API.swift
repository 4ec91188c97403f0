import Accounts
import Core
import HTTPTypes
import KeyValue
import SQL
import Telemetry

/// Answers requests: finds the endpoint, asks who calls, charges them, lets the endpoint answer, and turns every error
/// into a problem document.
package struct API: Sendable {
    package let routes: RouteTable
    let authenticator: Authenticator
    let activity: ActivityRecorder
    let limiter: RequestLimiter
    let compression: Compression
    let origins: AllowedOrigins
    private let reading: ReadYourWrites
    private let logger: Logger

    /// - Parameter offersEcho: whether there is a WebSocket that says back what it hears, for tests of the protocol.
    package init(
        services: APIServices, operations: OperationsRoutes, limits: RateLimits, limiter: any RateLimiter,
        stored: StoredRateLimiter? = nil, offersEcho: Bool = false,
        compression: Compression = .on, logger: Logger
    ) {
        let requestLimiter = RequestLimiter(limits: limits, limiter: limiter, stored: stored)
        let controllers: [[Endpoint]] = [
            AccountRoutes(services: services, limiter: requestLimiter).endpoints,
            SessionRoutes(services: services, limiter: requestLimiter).endpoints,
            SessionListRoutes(services: services, limiter: requestLimiter).endpoints,
            GraphRoutes(services: services).endpoints, CloseFriendRoutes(services: services).endpoints,
            MutedWordRoutes(services: services).endpoints, TagRoutes(services: services).endpoints,
            ListRoutes(services: services).endpoints,
            PostRoutes(services: services).endpoints,
            FeedRoutes(services: services).endpoints, CommentRoutes(services: services).endpoints,
            EngagementRoutes(services: services).endpoints, ShareRoutes(services: services).endpoints,
            FeedbackRoutes(services: services).endpoints,
            ViewRoutes(services: services).endpoints, PlannedRoutes(services: services).endpoints,
            PollRoutes(services: services).endpoints,
            StreamRoutes(services: services).endpoints,
            NotificationRoutes(services: services).endpoints, WebSocketRoutes(services: services).endpoints,
            ExportRoutes(services: services).endpoints,
        ]
        let lease = services.database.cacheLease
        let features = controllers.flatMap(\.self).map { $0.answering(under: lease) }
        let hidden = offersEcho ? [WebSocketRoutes.echo] : []
        routes = RouteTable(features + operations.endpoints(documenting: features) + hidden)
        authenticator = services.authenticator
        activity = services.activity
        self.limiter = requestLimiter
        self.compression = compression
        origins = services.allowedOrigins
        reading = ReadYourWrites(database: services.database)
        self.logger = logger
    }

    /// The answer to a request whose body has been read.
    /// - Returns: the answer and the route it was given by, a label of metrics.
    package func respond(to request: APIRequest) async -> (response: APIResponse, route: String) {
        switch routes.match(request.method, request.path) {
        case .none: return (refusal(APIError.notFound, of: request), "none")
        case .wrongMethod(let allowed):
            if let preflight = origins.preflight(request, methods: allowed) { return (preflight, "preflight") }
            return (refusal(APIError.methodNotAllowed(allowed), of: request), "none")
        case .endpoint(let endpoint, let parameters):
            var request = request
            request.parameters = parameters
            request.route = endpoint.path
            return (await respond(to: request, by: endpoint), endpoint.path)
        }
    }

    private func respond(to request: APIRequest, by endpoint: Endpoint) async -> APIResponse {
        var request = request
        var fields: HTTPFields = [:]
        do {
            // Who fails to authenticate is charged by address, before the token is looked at closely.
            do { request.principal = try await principal(of: request, for: endpoint) } catch {
                fields = try await limiter.charge(endpoint, request)
                throw error
            }
            fields = try await limiter.charge(endpoint, request)
            if !request.body.isEmpty { try endpoint.requireNoFields(of: request) }
            try await reading.wait(for: request)
            var response = try await endpoint.answer(request)
            reading.note(in: &response, to: request)
            // What a viewer may see can change with every request, so nothing between keeps it.
            if case .open = endpoint.access {} else { response.headers[.cacheControl] = "no-store" }
            response.headers.append(contentsOf: fields)
            response.isCompressible = compression.covers(endpoint)
            return response
        } catch {
            var response = answer(to: error, route: endpoint.path)
            for field in fields where !response.headers.contains(field.name) { response.headers.append(field) }
            return response
        }
    }

    private func principal(of request: APIRequest, for endpoint: Endpoint) async throws -> Principal? {
        if case .open = endpoint.access { return nil }
        guard let header = request.headers[.authorization] else {
            if case .required = endpoint.access { throw APIError.unauthenticated }
            return nil
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw APIError.unauthenticated }
        let token = String(parts[1])
        let principal: Principal
        if let known = authenticator.cached(token) {
            principal = known
        } else {
            principal = try await authenticator.authenticate(token)
        }
        activity.note(principal.accountID)
        return principal
    }

    /// Refuses what no endpoint takes: it costs an address as much as asking for something that is there.
    private func refusal(_ problem: Problem, of request: APIRequest) -> APIResponse {
        do {
            var response = problem.response()
            response.headers.append(contentsOf: try limiter.chargeUnknown(request))
            return response
        } catch {
            return answer(to: error, route: "none")
        }
    }

    private func answer(to error: any Error, route: String) -> APIResponse {
        if let problem = ProblemMapping.problem(for: error) { return problem.response() }
        guard !(error is CancellationError) else { return APIError.unavailable.response() }
        logger.error("unexpected error", metadata: [LogKey.route: "\(route)", LogKey.error: "\(error)"])
        return Problem(500, "internal", "Internal server error", "Something went wrong here; it has been logged.")
            .response()
    }
}

extension HTTPFields {
    fileprivate mutating func append(contentsOf fields: HTTPFields) {
        for field in fields { append(field) }
    }
}
