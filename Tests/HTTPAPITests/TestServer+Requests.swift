import BlobStore
import Core
import Foundation
import HTTPTypes
import Testing

@testable import HTTPAPI

/// What a request is made of, in the form tests write it.
struct Call: Sendable {
    var method: HTTPRequest.Method
    var target: String
    var token: String?
    var body: [UInt8] = []
    var headers: HTTPFields = [:]
    var address = "192.0.2.1"

    init(_ method: HTTPRequest.Method, _ target: String, as token: String? = nil, _ body: String? = nil) {
        self.method = method
        self.target = target
        self.token = token
        self.body = body.map { Array($0.utf8) } ?? []
    }

    init(_ method: HTTPRequest.Method, _ target: String, as token: String? = nil, bytes: [UInt8]) {
        self.init(method, target, as: token)
        body = bytes
    }

    func with(_ name: String, _ value: String) throws -> Call {
        var call = self
        call.headers[try #require(HTTPField.Name(name))] = value
        return call
    }
}

/// An answer, read as tests ask.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]
    let isCompressible: Bool
    var download: BlobContent?

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSON(bytes: body) }
    /// The last part of the problem's type, nil for what is no problem.
    var problem: String? { json["type"].string.map { $0.replacing("urn:starling:problem:", with: "") } }

    /// Whether the body holds this member in exactly these bytes; `JSON` drops a U+FEFF at a text's beginning.
    func holds(_ member: String, _ value: String) -> Bool {
        let expected = Array("\"\(member)\":\(TestServer.quoted(value))".utf8)
        return body.firstRange(of: expected) != nil
    }

    /// All that a client can tell answers apart by, but for what differs from request to request.
    var fingerprint: String {
        let passing = ["date", "x-request-id", "ratelimit", "ratelimit-policy"]
        let fields = headers.filter { !passing.contains($0.name.canonicalName) }
            .map { "\($0.name.canonicalName): \($0.value)" }
        return (["\(status)"] + fields.sorted() + [text]).joined(separator: "\n")
    }
}

extension TestServer {
    /// Sends a request as the edge does: a target that cannot be read is refused before any route is looked for.
    @discardableResult
    func send(_ call: Call, sourceLocation: SourceLocation = #_sourceLocation) async -> Answer {
        var headers = call.headers
        if let token = call.token { headers[.authorization] = "Bearer \(token)" }
        if !call.body.isEmpty, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let response: APIResponse
        do {
            let target = try RequestTarget(call.target)
            let request = APIRequest(
                method: call.method, path: target.path, query: target.query, headers: headers, body: call.body,
                address: call.address)
            response = await api.respond(to: request).response
            contract.check(response, to: request, sourceLocation)
            await mirror?.check(call, request, response, sourceLocation)
        } catch let problem as Problem {
            response = problem.response()
            contract.checkProblem(response, sourceLocation)
            mirror?.expectDeclined(call, sourceLocation)
        } catch {
            Issue.record("the target is refused with \(error)", sourceLocation: sourceLocation)
            response = APIResponse(status: 500)
        }
        return Answer(
            status: response.status, headers: response.headers, body: response.body,
            isCompressible: response.isCompressible, download: response.download)
    }

    @discardableResult
    func get(
        _ target: String, as person: Person? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Answer {
        await send(Call(.get, target, as: person?.token), sourceLocation: sourceLocation)
    }

    @discardableResult
    func post(
        _ target: String, as person: Person? = nil, _ body: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Answer {
        await send(Call(.post, target, as: person?.token, body), sourceLocation: sourceLocation)
    }

    @discardableResult
    func put(
        _ target: String, as person: Person?, _ body: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Answer {
        await send(Call(.put, target, as: person?.token, body), sourceLocation: sourceLocation)
    }

    @discardableResult
    func patch(
        _ target: String, as person: Person?, _ body: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Answer {
        await send(Call(.patch, target, as: person?.token, body), sourceLocation: sourceLocation)
    }

    @discardableResult
    func delete(
        _ target: String, as person: Person?, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Answer {
        await send(Call(.delete, target, as: person?.token), sourceLocation: sourceLocation)
    }
}
