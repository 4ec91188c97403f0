import HTTPTypes
import Testing

@testable import HTTPAPI

/// Holds answers against the OpenAPI document: the status is documented, and the body has its shape.
struct Contract: Sendable {
    let document: JSON
    private let routes: RouteTable

    init(_ api: API) async throws {
        let answer = await api.respond(to: APIRequest(method: .get, path: "/openapi.json")).response
        document = JSON(bytes: answer.body)
        routes = api.routes
    }

    func operation(_ endpoint: Endpoint) -> JSON {
        document["paths"][endpoint.path][endpoint.method.rawValue.lowercased()]
    }

    func check(_ answer: APIResponse, to request: APIRequest, _ location: SourceLocation) {
        if answer.status >= 400 { checkProblem(answer, location) }
        guard case .endpoint(let endpoint, _) = routes.match(request.method, request.path) else { return }
        let documented = resolved(operation(endpoint)["responses"][String(answer.status)])
        guard documented != .absent else {
            Issue.record(
                "\(endpoint.method) \(endpoint.path) gave \(answer.status), which is not documented",
                sourceLocation: location)
            return
        }
        guard answer.status < 400 else { return }
        let type = answer.headers[.contentType].map { String($0.prefix { $0 != ";" }) }
        let content = documented["content"]
        #expect(content.members.keys.first == type, "\(endpoint.path)", sourceLocation: location)
        guard let type else { return #expect(answer.body.isEmpty, sourceLocation: location) }
        guard type == "application/json" else { return }
        for fault in faults(JSON(bytes: answer.body), content[type]["schema"], at: endpoint.path) {
            Issue.record("\(fault)", sourceLocation: location)
        }
    }

    /// What every refusal has in common.
    func checkProblem(_ answer: APIResponse, _ location: SourceLocation) {
        let body = JSON(bytes: answer.body)
        #expect(answer.headers[.contentType] == "application/problem+json", sourceLocation: location)
        #expect(body["status"] == .number(Double(answer.status)), sourceLocation: location)
        let types = OpenAPIProblems.types.map { JSON.text("urn:starling:problem:\($0.code)") }
        #expect(types.contains(body["type"]), sourceLocation: location)
        for fault in faults(body, document["components"]["schemas"]["Problem"], at: "problem") {
            Issue.record("\(fault)", sourceLocation: location)
        }
        #expect(answer.status < 500 || answer.status == 503, "\(body)", sourceLocation: location)
        if answer.status == 401 { #expect(answer.headers[.wwwAuthenticate] != nil, sourceLocation: location) }
    }

    /// Follows a reference, if it is one.
    func resolved(_ value: JSON) -> JSON {
        guard let reference = value["$ref"].string else { return value }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] }
    }

    /// Where `value` does not have the shape of `schema`. Members the schema does not name are faults, too.
    func faults(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
        let schema = resolved(schema)
        let shapes = schema["oneOf"].array
        if !shapes.isEmpty {
            let found = shapes.map { faults(value, $0, at: place) }
            return found.contains([]) ? [] : found.flatMap(\.self)
        }
        let types = schema["type"].string.map { [$0] } ?? schema["type"].array.compactMap(\.string)
        guard types.contains(value.type) else { return ["\(place) is of type \(value.type), not \(types)"] }
        let choices = schema["enum"].array
        if !choices.isEmpty, !choices.contains(value) { return ["\(place) is none of \(choices)"] }
        switch value {
        case .list(let elements):
            return elements.enumerated().flatMap { faults($1, schema["items"], at: "\(place)[\($0)]") }
        case .object(let members):
            let properties = schema["properties"].members
            guard !properties.isEmpty else { return [] }
            let missing = schema["required"].array.compactMap(\.string).filter { members[$0] == nil }
            return missing.map { "\(place).\($0) is missing" }
                + members.flatMap { name, member in
                    properties[name].map { faults(member, $0, at: "\(place).\(name)") }
                        ?? ["\(place).\(name) is not documented"]
                }
        case .text(let text):
            guard let pattern = schema["pattern"].string, let regex = try? Regex(pattern) else { return [] }
            return text.contains(regex) ? [] : ["\(place) does not match \(pattern)"]
        default: return []
        }
    }
}
