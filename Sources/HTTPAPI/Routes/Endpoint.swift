import Core
import HTTPTypes

/// One route: what it is called with, who may call it, what it costs, how it is documented, and what answers it.
///
/// The table of endpoints is the one source of routing, of the OpenAPI document and of the authorization tests.
package struct Endpoint: Sendable {
    package enum Access: Sendable {
        /// Anyone; a token is not looked at.
        case open
        /// Anyone; with a token the answer is the viewer's. A bad token is refused.
        case optional
        /// Only with a valid access token.
        case required
    }

    /// The budget a request is charged to.
    package enum Charge: Sendable {
        case none
        case read
        case write
        /// Logging in, registering, refreshing: what attackers try in bulk.
        case credentials
    }

    package let method: HTTPRequest.Method
    /// Segments in braces are parameters: `/v1/posts/{id}`.
    package let path: String
    package let access: Access
    package let charge: Charge
    package let operation: Operation
    let handler: @Sendable (APIRequest) async throws -> APIResponse
    /// Lays the body of an answer with 200 and JSON, from memory and without waiting. False declines, and whatever was laid
    /// is worth nothing.
    let warm: WarmHandler?

    typealias WarmHandler = @Sendable (APIRequest, inout ByteSplicer) -> Bool

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, charge: Charge? = nil,
        _ operation: Operation, warm: WarmHandler? = nil,
        handler: @escaping @Sendable (APIRequest) async throws -> APIResponse
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.charge = charge ?? (method == .get ? .read : .write)
        self.operation = operation
        self.handler = handler
        self.warm = warm
    }

    /// From memory where that is enough.
    func answer(_ request: APIRequest) async throws -> APIResponse {
        if let warm, let body = [UInt8](splicing: Limits.answerBytesExpected, { warm(request, &$0) }) {
            return .json(body)
        }
        return try await handler(request)
    }

    /// What somebody says to an endpoint that does not listen is refused, for they would think that it was heeded. An object
    /// without fields says nothing, and many clients send one.
    /// - Throws: `Problem` 400 for what is no JSON object, 422 for one with fields.
    func requireNoFields(of request: APIRequest) throws {
        guard operation.body == nil, method != .get else { return }
        _ = try JSONBody.decode(NoFields.self, from: request.body)
    }

    /// The same endpoint, which answers from memory only while the lease is valid: at its first look, and still when the
    /// answer is laid.
    func answering(under lease: CacheLease) -> Endpoint {
        guard let warm else { return self }
        let leased: WarmHandler = { request, splicer in
            lease.isValid && warm(request, &splicer) && lease.isValid
        }
        return Endpoint(method, path, access, charge: charge, operation, warm: leased, handler: handler)
    }

    /// The same endpoint under another path, and with another method or handler where given.
    func alias(
        _ path: String, method: HTTPRequest.Method? = nil,
        handler: (@Sendable (APIRequest) async throws -> APIResponse)? = nil
    ) -> Endpoint {
        var operation = operation
        operation.id += "Alias"
        operation.summary += " (alias)"
        return Endpoint(
            method ?? self.method, path, access, charge: charge, operation, warm: handler == nil ? warm : nil,
            handler: handler ?? self.handler)
    }
}

/// How an endpoint is documented.
package struct Operation: Sendable {
    /// Unique, in camel case.
    package var id: String
    package var summary: String
    package let tag: String
    /// Names of shared query and header parameters, keys of `components/parameters`.
    package let parameters: [String]
    /// The schema of the JSON body, a key of `components/schemas`.
    package let body: String?
    package let bodyIsRequired: Bool
    /// Status and schema of the answer; a nil schema means no body.
    package let answer: (status: Int, schema: String?)
    /// Other statuses of success, with the same answer.
    package let alsoAnswers: [Int]
    /// Statuses of problem documents beyond those every route can give.
    package let problems: [Int]

    init(
        _ id: String, _ summary: String, tag: String, parameters: [String] = [], body: String? = nil,
        bodyIsRequired: Bool = true, answer: (status: Int, schema: String?), alsoAnswers: [Int] = [],
        problems: [Int] = []
    ) {
        self.id = id
        self.summary = summary
        self.tag = tag
        self.parameters = parameters
        self.body = body
        self.bodyIsRequired = bodyIsRequired
        self.answer = answer
        self.alsoAnswers = alsoAnswers
        self.problems = problems
    }
}
