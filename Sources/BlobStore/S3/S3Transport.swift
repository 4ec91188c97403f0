import AsyncHTTPClient
import Core
import Crypto
import NIOCore
import NIOHTTP1
import Telemetry

/// Signs requests, sends them, and sends them again where that may help.
struct S3Transport: Sendable {
    let location: S3Location
    let signer: S3Signer
    let policy: S3Policy
    let metrics: BlobMetrics
    private let client: HTTPClient
    private let requests: Turnstile
    private let streams: Turnstile
    private let clock: WallClock

    init(
        location: S3Location, credentials: S3Credentials, policy: S3Policy, clock: WallClock,
        metrics: any MetricsFactory
    ) {
        self.location = location
        self.policy = policy
        self.clock = clock
        self.metrics = BlobMetrics(metrics)
        signer = S3Signer(credentials: credentials, region: location.region)
        requests = Turnstile("requests", max: policy.requestsInFlightMax, metrics: metrics)
        streams = Turnstile("streams", max: Limits.blobStreamsInFlightMax, metrics: metrics)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration(policy))
    }

    private static func configuration(_ policy: S3Policy) -> HTTPClient.Configuration {
        // A redirect is not followed: the signature is for one host, and S3 gives its region by it only to be told.
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(Limits.blobConnectDeadline), read: TimeAmount(policy.readDeadline),
                write: TimeAmount(policy.readDeadline)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            policy.requestsInFlightMax + Limits.blobStreamsInFlightMax
        // Trying again is decided here, where it is counted and bounded.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    func close() async throws { try await client.shutdown() }

    var now: Int64 { clock.now() }

    /// Sends a request whose reply is small.
    func send(_ request: S3Request) async throws -> S3Reply {
        try await attempts(request) {
            try await Deadline.run(policy.requestDeadline) { try await reply(to: request) }
        }
    }

    /// Sends a request and returns at its reply's head; the rest is read by whoever holds the pass.
    func open(_ request: S3Request) async throws -> (head: S3Reply, body: HTTPClientResponse.Body, pass: Turnstile.Pass)
    {
        try await attempts(request) {
            let pass = try await streams.enter()
            let response = try await client.execute(
                prepared(request), deadline: .now() + TimeAmount(policy.requestDeadline))
            guard response.status.code < 300 else {
                let body = try await Deadline.run(policy.requestDeadline) { try await Self.collect(response.body) }
                throw S3Failure(status: Int(response.status.code), body: body, request: request)
            }
            return (Self.head(response, body: ByteBuffer()), response.body, pass)
        }
    }

    private func attempts<Result>(_ request: S3Request, _ attempt: () async throws -> Result) async throws
        -> Result
    {
        var count = 1
        while true {
            do {
                return try await attempt()
            } catch {
                try Task.checkCancellation()
                let failure = error as? S3Failure ?? S3Failure(error)
                let mayRetry =
                    switch failure.retry {
                    case .never: false
                    case .ifIdempotent: request.isIdempotent
                    case .always: true
                    }
                guard mayRetry, count < policy.attemptsMax else { throw failure.error }
            }
            metrics.retries.increment()
            try await Task.sleep(for: policy.backoff(afterAttempt: count))
            count += 1
        }
    }

    private func reply(to request: S3Request) async throws -> S3Reply {
        let pass = try await requests.enter()
        defer { withExtendedLifetime(pass) {} }
        let response = try await client.execute(
            prepared(request), deadline: .now() + TimeAmount(policy.requestDeadline))
        let body = try await Self.collect(response.body)
        let status = Int(response.status.code)
        guard status < 300 else { throw S3Failure(status: status, body: body, request: request) }
        // S3 begins its reply before it has put the parts together, so a failure of that has the status 200.
        if request.method == .POST, try S3XML.parse(body).name == "Error" {
            throw S3Failure(status: 500, body: body, request: request)
        }
        let reply = Self.head(response, body: body)
        if let tag = request.tag { try reply.checkETag(tag) }
        return reply
    }

    private func prepared(_ request: S3Request) -> HTTPClientRequest {
        let path = location.path(request.key)
        let own = request.headers + [("Host", location.host)]
        let hash = Hex.text(request.body.withUnsafeReadableBytes { SHA256.hash(data: $0) })
        let signed = signer.headers(
            method: request.method.rawValue, path: path, query: request.query, headers: own, payloadHash: hash, at: now)
        let query = CanonicalRequest.queryText(request.query)
        var prepared = HTTPClientRequest(url: location.origin + path + (query.isEmpty ? "" : "?" + query))
        prepared.method = HTTPMethod(rawValue: request.method.rawValue)
        prepared.headers = HTTPHeaders(own + signed)
        if request.body.readableBytes > 0 { prepared.body = .bytes(request.body) }
        return prepared
    }

    private static func collect(_ body: HTTPClientResponse.Body) async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: Limits.blobReplyBytesMax)
        } catch is NIOTooManyBytesError {
            throw BlobStoreError(.malformedReply, "S3's reply is too large")
        }
    }

    private static func head(_ response: HTTPClientResponse, body: ByteBuffer) -> S3Reply {
        let headers = response.headers.map { ($0.name.lowercased(), $0.value) }
        return S3Reply(
            status: Int(response.status.code), headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
            body: body)
    }
}
