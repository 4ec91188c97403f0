import Accounts
import Core
import Telemetry

/// What the front desks of all event loops share.
package struct FrontReception: Sendable {
    let routes: FrontRoutes
    let authenticator: Authenticator
    let activity: ActivityRecorder
    let limiter: RequestLimiter
    let metrics: RouteMetrics
    let requestIDs: RequestIDGenerator
    /// With `all`, answers depend on `Accept-Encoding`, and requests that have one go the ordinary way.
    let compression: Compression
    let origins: AllowedOrigins
    let clock: WallClock
}

extension FrontReception {
    /// - Parameter responder: what answers the ordinary way; both count with the same metrics and number with the same ids.
    package init(_ responder: Responder, clock: WallClock = .system) {
        let api = responder.api
        routes = FrontRoutes(api.routes.endpoints)
        authenticator = api.authenticator
        activity = api.activity
        limiter = api.limiter
        metrics = responder.metrics
        requestIDs = responder.requestIDs
        compression = api.compression
        origins = api.origins
        self.clock = clock
    }
}
