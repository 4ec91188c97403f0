import Accounts
import Core
import HTTPTypes
import KeyValue
import NIOCore
import Telemetry

/// Answers requests from memory, on one event loop, without waiting for anything: what cannot be answered so at once, with
/// status 200, it declines, and the ordinary way answers that.
///
/// Its answers are the ordinary ones to the byte, and are counted, limited and measured like them.
package final class FrontDesk {
    /// What stays the same from one request of a connection to the next.
    package struct Visitor {
        /// The peer's address.
        let address: String
        /// The same as limits see it, found when first needed.
        var subject: RateLimitSubject?

        package init(address: String) {
            self.address = address
        }
    }

    package struct Answered {
        package let requestBytes: Int
        package let answer: ByteBuffer
    }

    private let routes: FrontRoutes
    private let authenticator: Authenticator
    private let activity: ActivityRecorder
    private let limiter: RequestLimiter
    private let metrics: RouteMetrics
    private let requestIDs: RequestIDGenerator
    private let answersVary: Bool
    private let origins: AllowedOrigins
    private let clock: WallClock
    private var tokens = KnownTokens()
    private var date = HTTPDate()
    private var handles: [String: RouteMetrics.Handles] = [:]
    /// Where answers are put together. Once the last one is sent its memory is used again.
    private var scratch = ByteBuffer()
    private var bodyBytesExpected = Limits.answerBytesExpected

    package init(_ reception: FrontReception) {
        routes = reception.routes
        authenticator = reception.authenticator
        activity = reception.activity
        limiter = reception.limiter
        metrics = reception.metrics
        requestIDs = reception.requestIDs
        answersVary = reception.compression == .all
        origins = reception.origins
        clock = reception.clock
    }

    /// The answer to the request that `bytes` begin with, or nil where the ordinary way has to find it.
    package func answer(_ bytes: UnsafeRawBufferPointer, of visitor: inout Visitor) -> Answered? {
        let start = ContinuousClock.now
        guard let request = FrontRequest(bytes), !(answersVary && request.acceptsEncoding) else { return nil }
        let target = UnsafeRawBufferPointer(rebasing: bytes[request.target])
        let pathCount = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
        guard let (route, parameters) = routes.match(UnsafeRawBufferPointer(rebasing: target[..<pathCount])),
            let query = Self.query(of: target, from: pathCount)
        else { return nil }

        var apiRequest = APIRequest(method: .get, path: route.endpoint.path, query: query, address: visitor.address)
        apiRequest.parameters = parameters
        if request.authorization.isEmpty {
            guard case .optional = route.endpoint.access, !request.isForwarded else { return nil }
        } else {
            guard let principal = principal(UnsafeRawBufferPointer(rebasing: bytes[request.authorization])) else {
                return nil
            }
            apiRequest.principal = principal
        }
        // What cannot be answered is not charged here, or the ordinary way would charge it again.
        guard let bodyCount = layBody(route, apiRequest),
            let charge = limiter.chargeAtFront(route.endpoint.charge, apiRequest, at: start, &visitor.subject)
        else { return nil }
        let origin = request.origin.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
        let answer = head(of: bodyCount, charge, origin: origin)
        if let principal = apiRequest.principal { activity.note(principal.accountID) }
        handles(of: route.endpoint.path).record(start.duration(to: .now))
        metrics.frontAnswers.increment()
        return Answered(requestBytes: request.length, answer: answer)
    }

    /// The parameters, as `RequestTarget` reads them; nothing in such a target needs decoding. Nil where one comes twice.
    private static func query(of target: UnsafeRawBufferPointer, from pathCount: Int) -> [String: String]? {
        guard pathCount < target.count else { return [:] }
        var query: [String: String] = [:]
        for pair in target[(pathCount + 1)...].split(separator: UInt8(ascii: "&")) {
            let nameEnd = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = String(decoding: pair[..<nameEnd], as: UTF8.self)
            let value = String(decoding: pair[nameEnd...].dropFirst(), as: UTF8.self)
            guard query.updateValue(value, forKey: name) == nil else { return nil }
        }
        return query
    }

    /// Whom a `Bearer` token stands for, if it was verified before and still stands.
    private func principal(_ authorization: UnsafeRawBufferPointer) -> Principal? {
        let scheme: StaticString = "Bearer "
        let schemeCount = scheme.utf8CodeUnitCount
        guard authorization.count > schemeCount, authorization.count <= Limits.accessTokenBytesMax + schemeCount,
            authorization.starts(with: UnsafeBufferPointer(start: scheme.utf8Start, count: schemeCount))
        else { return nil }
        let token = UnsafeRawBufferPointer(rebasing: authorization[schemeCount...])
        // Read first: keys that go meanwhile make this note one of an older epoch.
        let epoch = authenticator.epoch
        if let principal = tokens.principal(of: token, epoch: epoch) {
            return authenticator.isInForce(principal) ? principal : nil
        }
        guard let principal = authenticator.cached(String(decoding: token, as: UTF8.self)) else { return nil }
        tokens.note(principal, of: token, epoch: epoch)
        return principal
    }

    /// Lays the body into the scratch buffer, behind room for the head.
    /// - Returns: its length, or nil where there is none to be had.
    private func layBody(_ route: FrontRoutes.Route, _ request: APIRequest) -> Int? {
        while true {
            // In place, unless the last answer has not been sent yet.
            scratch.clear(minimumCapacity: Limits.frontHeadBytesMax + bodyBytesExpected)
            scratch.moveWriterIndex(to: Limits.frontHeadBytesMax)
            var outcome: (isLaid: Bool, isOverfull: Bool) = (false, false)
            let count = scratch.writeWithUnsafeMutableBytes(minimumWritableBytes: bodyBytesExpected) { memory in
                var splicer = ByteSplicer(memory)
                outcome.isLaid = route.warm(request, &splicer)
                outcome.isOverfull = splicer.isOverfull
                return splicer.count
            }
            guard outcome.isLaid else { return nil }
            guard outcome.isOverfull else {
                // One long page does not make room for long ones for ever.
                if count * 4 < bodyBytesExpected, bodyBytesExpected > Limits.answerBytesExpected {
                    bodyBytesExpected /= 2
                }
                return count
            }
            guard bodyBytesExpected < Limits.frontAnswerBytesMax else { return nil }
            bodyBytesExpected *= 2
        }
    }

    /// Puts the head right before the body in the scratch buffer.
    private func head(
        of bodyCount: Int, _ charge: RequestLimiter.FrontCharge, origin: UnsafeRawBufferPointer?
    ) -> ByteBuffer {
        date.update(to: Int(clock.now() / 1000))
        let headCount = withUnsafeTemporaryAllocation(
            byteCount: Limits.frontHeadBytesMax, alignment: 1
        ) { memory in
            var splicer = ByteSplicer(memory)
            splicer.append(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n" as StaticString)
            charge.write(to: &splicer)
            splicer.append("X-Request-Id: " as StaticString)
            requestIDs.next().append(to: &splicer)
            splicer.append("\r\nX-Content-Type-Options: nosniff\r\n" as StaticString)
            if let origin, !origins.isEmpty {
                let line: StaticString = answersVary ? "Vary: Origin, Accept-Encoding\r\n" : "Vary: Origin\r\n"
                splicer.append(line)
                if let allowed = origins.allowed(origin) { splicer.append(allowed.lines) }
            } else if answersVary {
                splicer.append("Vary: Accept-Encoding\r\n" as StaticString)
            }
            splicer.append("Content-Length: " as StaticString)
            splicer.append(bodyCount)
            splicer.append("\r\nDate: " as StaticString)
            splicer.append(date.text)
            splicer.append("\r\n\r\n" as StaticString)
            precondition(!splicer.isOverfull, "the bound is above every head")
            let head = UnsafeRawBufferPointer(rebasing: memory[..<splicer.count])
            return scratch.setBytes(head, at: Limits.frontHeadBytesMax - splicer.count)
        }
        var answer = scratch
        answer.moveReaderIndex(to: Limits.frontHeadBytesMax - headCount)
        return answer
    }

    private func handles(of route: String) -> RouteMetrics.Handles {
        if let handles = handles[route] { return handles }
        let made = metrics.handles(route: route, status: 200)
        handles[route] = made
        return made
    }
}
