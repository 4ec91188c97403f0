import HTTPTypes
import Logging
import NIOEmbedded

@testable import HTTPAPI

/// An answer as it leaves the server the ordinary way, with everything that every answer says.
struct EdgeAnswer {
    let status: Int
    let fields: HTTPFields
    let isStream: Bool

    /// The fields in their order, without what differs from request to request.
    var lastingLines: [String] {
        fields.filter { ![.requestID, .rateLimit, .rateLimitPolicy].contains($0.name) }
            .map { "\($0.name.rawName): \($0.value)" }
    }
}

extension TestServer {
    /// Has a request answered as it would be after coming over a connection.
    func edgeAnswer(_ call: Call) async -> EdgeAnswer {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let responder = Responder(api: api, proxies: TrustedProxies(), logger: logger)
        var fields = call.headers
        if let token = call.token { fields[.authorization] = "Bearer \(token)" }
        if !call.body.isEmpty, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let head = HTTPRequest(
            method: call.method, scheme: "http", authority: "localhost", path: call.target, headerFields: fields)
        let body: Result<[UInt8], Problem> = head.problem.map { .failure($0) } ?? .success(call.body)
        var (answer, requestID) = await responder.measuredAnswer(to: head, body: body, on: NIOAsyncTestingChannel())
        _ = responder.finish(&answer, to: head, requestID: requestID)
        return EdgeAnswer(status: answer.status, fields: answer.headers, isStream: answer.stream != nil)
    }
}
