import Accounts
import Core
import HTTPTypes
import KeyValue
import NIOCore
import Synchronization
import Telemetry
import Testing

@testable import HTTPAPI

/// A front desk beside the ordinary way, on the same services: what it answers, the ordinary way answers in the same bytes,
/// and so does the handler that looks into the store.
final class FrontMirror: Sendable {
    private let api: API
    private let desk: Mutex<FrontDesk>
    private let count = Atomic<Int>(0)

    init(_ api: API, clock: WallClock) {
        self.api = api
        desk = Mutex(FrontDesk(api.frontReception(clock: clock)))
    }

    /// Requests that were answered here.
    var answered: Int { count.load(ordering: .relaxed) }

    /// Holds an answer of the ordinary way against those of the front desk and of the handler.
    func check(_ call: Call, _ request: APIRequest, _ response: APIResponse, _ location: SourceLocation) async {
        guard let bytes = Self.bytes(of: call, request.headers) else { return }
        let ordinary = WireAnswer(response)
        if await !isTrue(from: ordinary, { answer(to: bytes, from: call.address) }, of: request) {
            Issue.record("the front desk answers \(call.target) differently from \(ordinary)", sourceLocation: location)
        }
        if await !isTrue(from: ordinary, { await handled(request) }, of: request) {
            Issue.record("the handler answers \(call.target) differently from \(ordinary)", sourceLocation: location)
        }
    }

    /// Expects that the front desk leaves this to the ordinary way.
    func expectDeclined(_ call: Call, _ location: SourceLocation) {
        guard let bytes = Self.bytes(of: call, [:]) else { return }
        #expect(answer(to: bytes, from: call.address) == nil, "\(call.target)", sourceLocation: location)
    }

    /// Whether `other` gives what the ordinary way gives, or nothing. Consumers are at work beside: the answers may differ
    /// if the ordinary one is another as well when it is asked for again.
    private func isTrue(
        from first: WireAnswer, _ other: () async -> WireAnswer?, of request: APIRequest
    ) async -> Bool {
        var before = first
        for _ in 0..<10 {
            guard let found = await other(), found != before else { return true }
            let after = WireAnswer(await api.respond(to: request).response)
            guard found != after else { return true }
            guard before != after else { return false }
            before = after
        }
        return false
    }

    private func answer(to request: [UInt8], from address: String) -> WireAnswer? {
        guard let bytes = desk.withLock({ $0.bytes(request, from: address) }) else { return nil }
        count.add(1, ordering: .relaxed)
        return WireAnswer(bytes: bytes)
    }

    /// What the handler of a route says that has a faster way, too. Nil for other routes and refusals.
    private func handled(_ request: APIRequest) async -> WireAnswer? {
        guard case .endpoint(let endpoint, let parameters) = api.routes.match(request.method, request.path),
            endpoint.warm != nil
        else { return nil }
        var request = request
        request.parameters = parameters
        do {
            if let header = request.headers[.authorization] {
                guard header.hasPrefix("Bearer ") else { return nil }
                request.principal = try await api.authenticator.authenticate(String(header.dropFirst("Bearer ".count)))
            }
            var response = try await endpoint.handler(request)
            response.headers[.cacheControl] = "no-store"
            return WireAnswer(response)
        } catch let error as Problem {
            return WireAnswer(error.response())
        } catch {
            return ProblemMapping.problem(for: error).map { WireAnswer($0.response()) }
        }
    }

    /// Nil for what is no GET, or has no form on the wire.
    private static func bytes(of call: Call, _ headers: HTTPFields) -> [UInt8]? {
        guard call.method == .get, call.body.isEmpty, !call.target.utf8.contains(where: { $0 == 10 || $0 == 13 })
        else { return nil }
        let fields = headers.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
        return Array("GET \(call.target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n".utf8)
    }
}

extension API {
    /// A reception that charges nobody.
    func frontReception(
        clock: WallClock, routes: FrontRoutes? = nil, compression: Compression? = nil
    ) -> FrontReception {
        var limits = RateLimits()
        limits.isEnabled = false
        return FrontReception(
            routes: routes ?? FrontRoutes(self.routes.endpoints), authenticator: authenticator, activity: activity,
            limiter: RequestLimiter(limits: limits, limiter: MemoryRateLimiter()), metrics: RouteMetrics(),
            requestIDs: RequestIDGenerator(), compression: compression ?? self.compression, origins: origins,
            clock: clock)
    }
}

extension FrontDesk {
    /// The bytes it answers a request with.
    func bytes(_ request: [UInt8], from address: String = "192.0.2.1") -> [UInt8]? {
        var visitor = Visitor(address: address)
        let answered = request.withUnsafeBytes { answer($0, of: &visitor) }
        #expect(answered.map { $0.requestBytes == request.count } ?? true)
        return answered.map { Array($0.answer.readableBytesView) }
    }
}

/// An answer without what differs from request to request.
struct WireAnswer: Equatable, CustomStringConvertible {
    let status: Int
    /// In their order.
    let fields: [String]
    let body: [UInt8]

    private static let passing = ["X-Request-Id", "Date", "RateLimit", "RateLimit-Policy"]

    /// An answer of the ordinary way, with what the responder adds.
    init(_ response: APIResponse) {
        status = response.status
        fields =
            response.headers.filter { !Self.passing.contains($0.name.rawName) }
            .map { "\($0.name.rawName): \($0.value)" }
            + ["X-Content-Type-Options: nosniff", "Content-Length: \(response.body.count)"]
        body = response.body
    }

    /// What came over the wire.
    init(bytes: [UInt8]) {
        let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) ?? bytes.count..<bytes.count
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        status = lines.first == "HTTP/1.1 200 OK" ? 200 : 0
        fields = lines.dropFirst().map(String.init).filter { line in
            !Self.passing.contains { line.hasPrefix("\($0): ") }
        }
        body = Array(bytes[end.upperBound...])
    }

    var description: String { "\(status) \(fields) \(String(decoding: body, as: UTF8.self))" }
}
