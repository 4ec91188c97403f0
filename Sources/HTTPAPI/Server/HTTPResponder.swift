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

/// Carries requests between Hummingbird and the API: reads bodies within their bound, measures and logs.
package struct Responder: HTTPResponder {
    package typealias Context = ConnectionContext

    let api: API
    private let proxies: TrustedProxies
    let requestIDs = RequestIDGenerator()
    let metrics = RouteMetrics()
    private let logger: Logger

    package init(api: API, proxies: TrustedProxies, logger: Logger) {
        self.api = api
        self.proxies = proxies
        self.logger = logger
    }

    package func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let requestID = requestIDs.next().description
        let (answer, route) = await answer(to: request, context)
        observe(request.method, route, answer.status, requestID, start.duration(to: .now))
        if let use = answer.webSocket {
            return try await Self.response(use, answer.headers, requestID: requestID, on: context.channel)
        }
        return response(answer, to: request, requestID: requestID, context.channel)
    }

    private func answer(
        to request: Request, _ context: ConnectionContext
    ) async -> (response: APIResponse, route: String) {
        let body: [UInt8]
        do { body = try await self.body(of: request) } catch {
            // Without a problem of ours, the body broke off or was not valid HTTP.
            let problem = error as? Problem ?? APIError.badRequest("The body could not be read.")
            var answer = problem.response()
            // The rest of a body that was refused unread would otherwise be taken for the next request.
            answer.headers[.connection] = "close"
            return (answer, "none")
        }
        do {
            let target = try RequestTarget(request.head.path ?? "")
            return await api.respond(
                to: APIRequest(
                    method: request.method, path: target.path, query: target.query, headers: request.headers,
                    body: body, address: address(request, context), authority: request.head.authority))
        } catch {
            let problem = error as? Problem ?? APIError.badRequest("The request target could not be read.")
            return (problem.response(), "none")
        }
    }

    private func body(of request: Request) async throws -> [UInt8] {
        guard request.head.path?.utf8.count ?? 0 <= Limits.urlBytesMax else { throw APIError.uriTooLong }
        guard request.headers.count <= Limits.headerCountMax else { throw APIError.headersTooLarge }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > Limits.bodyBytesMax {
            throw APIError.tooLarge
        }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= Limits.bodyBytesMax else { throw APIError.tooLarge }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    private func address(_ request: Request, _ context: ConnectionContext) -> String {
        let peer = context.channel.remoteAddress?.ipAddress ?? "unix"
        return proxies.client(peer: peer, forwardedFor: request.headers[.forwardedFor])
    }

    private func response(
        _ answer: APIResponse, to request: Request, requestID: String, _ channel: any Channel
    ) -> Response {
        var headers = answer.headers
        headers[.requestID] = requestID
        headers[.xContentTypeOptions] = "nosniff"
        if request.headers[.connection] == "close" { headers[.connection] = "close" }
        let status = HTTPResponse.Status(code: answer.status)
        if let stream = answer.stream { return Self.response(stream, headers, on: channel) }
        if let download = answer.download {
            return Self.response(download, headers, isHead: request.method == .head)
        }
        guard answer.status != 204 else { return Response(status: status, headers: headers) }
        let body = answer.encodedBody(for: request.headers, &headers)
        headers[.contentLength] = String(body.count)
        guard request.method != .head else { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// A connection serves no other request once it streams.
    private static func response(_ stream: EventStream, _ headers: HTTPFields, on channel: any Channel) -> Response {
        var headers = headers
        headers[.connection] = "close"
        let body = ResponseBody { writer in
            let outlet = ServerSentOutlet(channel)
            // The head says 200 already; a client that finds the stream ended learns why when it asks again.
            do { try await stream.run(on: outlet, until: outlet.waitUntilEnded) } catch {}
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func response(_ download: BlobContent, _ headers: HTTPFields, isHead: Bool) -> Response {
        var headers = headers
        headers[.contentLength] = String(download.info.length)
        guard !isHead else { return Response(status: .ok, headers: headers) }
        let body = ResponseBody(contentLength: Int(clamping: download.info.length)) { writer in
            for try await chunk in download.chunks { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func response(
        _ use: WebSocketUse, _ headers: HTTPFields, requestID: String, on channel: any Channel
    ) async throws -> Response {
        let connection = try await WebSocketConnection.prepared(on: channel, for: use)
        var headers = headers
        headers[.requestID] = requestID
        headers[.connection] = "Upgrade"
        headers[.upgrade] = "websocket"
        let body = ResponseBody { writer in
            switch use {
            case .events(let socket): await socket.serve(connection)
            case .echo: await connection.waitUntilClosed()
            }
            try await writer.finish(nil)
        }
        return Response(status: .switchingProtocols, headers: headers, body: body)
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
