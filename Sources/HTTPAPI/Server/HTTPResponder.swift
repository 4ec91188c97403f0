import BlobStore
import Core
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Telemetry

/// What Hummingbird hands over with a request.
package struct ConnectionContext: InitializableFromSource, Sendable {
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }
}

/// Carries requests between connections and the API: reads bodies within their bound, measures and logs.
///
/// Hummingbird asks it for what comes over HTTP/2; connections of HTTP/1.1 are served without it.
package struct Responder: HTTPResponder {
    package typealias Context = ConnectionContext

    let api: API
    private let proxies: TrustedProxies
    let requestIDs = RequestIDGenerator()
    let metrics = RouteMetrics()
    let dates = DateHeader()
    let bodies = BodyRoom()
    private let logger: Logger

    package init(api: API, proxies: TrustedProxies, logger: Logger) {
        self.api = api
        self.proxies = proxies
        self.logger = logger
    }

    package func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let share = BodyShare(bodies)
        defer { withExtendedLifetime(share) {} }
        var (answer, requestID) = await measuredAnswer(
            to: request.head, body: await body(of: request, share), on: context.channel)
        let body = finish(&answer, to: request.head, requestID: requestID)
        if let stream = answer.stream { return Self.response(stream, answer.headers, on: context.channel) }
        let status = HTTPResponse.Status(code: answer.status)
        if let download = answer.download, request.method != .head {
            let parts = ResponseBody(contentLength: Int(clamping: download.info.length)) { writer in
                for try await chunk in download.chunks { try await writer.write(chunk) }
                try await writer.finish(nil)
            }
            return Response(status: status, headers: answer.headers, body: parts)
        }
        guard body.readableBytes > 0 else { return Response(status: status, headers: answer.headers) }
        return Response(status: status, headers: answer.headers, body: ResponseBody(byteBuffer: body))
    }

    private func body(of request: Request, _ share: BodyShare) async -> Result<[UInt8], Problem> {
        if let problem = request.head.problem { return .failure(problem) }
        var bytes: [UInt8] = []
        do {
            for try await buffer in request.body {
                let total = bytes.count + buffer.readableBytes
                guard total <= Limits.bodyBytesMax else { return .failure(APIError.tooLarge) }
                guard share.admits(total) else { return .failure(APIError.unavailable) }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch {
            // It broke off, or was not valid HTTP.
            return .failure(APIError.badRequest("The body could not be read."))
        }
        return .success(bytes)
    }

    /// The answer to a request, and its number.
    func measuredAnswer(
        to head: HTTPRequest, body: Result<[UInt8], Problem>, on channel: any Channel
    ) async -> (APIResponse, requestID: String) {
        let start = ContinuousClock.now
        let requestID = requestIDs.next().description
        let (answer, route) = await answer(to: head, body: body, on: channel)
        observe(head.method, route, answer.status, requestID, start.duration(to: .now))
        return (answer, requestID)
    }

    private func answer(
        to head: HTTPRequest, body: Result<[UInt8], Problem>, on channel: any Channel
    ) async -> (APIResponse, route: String) {
        do {
            let body = try body.get()
            let target: RequestTarget
            do { target = try RequestTarget(head.path ?? "") } catch {
                return (
                    (error as? Problem ?? APIError.badRequest("The request target could not be read.")).response(),
                    "none"
                )
            }
            return await api.respond(
                to: APIRequest(
                    method: head.method, path: target.path, query: target.query, headers: head.headerFields,
                    body: body, address: address(head, channel), authority: head.authority))
        } catch {
            var answer = error.response()
            // The rest of a body that was refused unread would otherwise be taken for the next request.
            answer.headers[.connection] = "close"
            return (answer, "none")
        }
    }

    private func address(_ head: HTTPRequest, _ channel: any Channel) -> String {
        let peer = channel.remoteAddress?.ipAddress ?? "unix"
        return proxies.client(peer: peer, forwardedFor: head.headerFields[.forwardedFor])
    }

    /// Adds to an answer what every answer says.
    /// - Returns: its body as it is sent.
    func finish(_ answer: inout APIResponse, to head: HTTPRequest, requestID: String) -> ByteBuffer {
        answer.headers[.requestID] = requestID
        guard answer.webSocket == nil else {
            answer.headers[.connection] = "Upgrade"
            answer.headers[.upgrade] = "websocket"
            return ByteBuffer()
        }
        answer.headers[.xContentTypeOptions] = "nosniff"
        api.origins.mark(&answer.headers, to: head.headerFields)
        // A connection serves no other request once it streams.
        if answer.stream != nil || head.headerFields[.connection] == "close" { answer.headers[.connection] = "close" }
        guard answer.stream == nil, answer.status != 204 else { return ByteBuffer() }
        if let download = answer.download {
            answer.headers[.contentLength] = String(download.info.length)
            return ByteBuffer()
        }
        let body = answer.encodedBody(for: head.headerFields, &answer.headers)
        answer.headers[.contentLength] = String(body.count)
        return head.method == .head ? ByteBuffer() : ByteBuffer(bytes: body)
    }

    private static func response(_ stream: EventStream, _ headers: HTTPFields, on channel: any Channel) -> Response {
        let body = ResponseBody { writer in
            let outlet = ServerSentOutlet(channel)
            // The head says 200 already; a client that finds the stream ended learns why when it asks again.
            do { try await stream.run(on: outlet, until: outlet.waitUntilEnded) } catch {}
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func observe(
        _ method: HTTPRequest.Method, _ route: String, _ status: Int, _ requestID: String, _ duration: Duration
    ) {
        metrics.handles(route: route, status: status).record(duration)
        let level: Logger.Level = status >= 500 ? .error : .debug
        guard level >= logger.logLevel else { return }
        logger.log(
            level: level, "request",
            metadata: [
                LogKey.requestID: "\(requestID)", LogKey.route: "\(method) \(route)", LogKey.status: "\(status)",
                LogKey.durationMS:
                    "\(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)",
            ])
    }
}
