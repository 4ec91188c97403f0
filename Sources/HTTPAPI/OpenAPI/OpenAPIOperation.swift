import Core
import Exports
import HTTPTypes

/// One endpoint as an operation object.
struct OpenAPIOperation {
    let endpoint: Endpoint

    private var operation: Operation { endpoint.operation }

    var value: OpenAPIValue {
        var members: [(key: String, value: OpenAPIValue)] = [
            ("operationId", .string(operation.id)), ("summary", .string(operation.summary)),
            ("tags", [.string(operation.tag)]), ("security", security),
        ]
        if let text = OpenAPIDescriptions.text(of: operation.id) { members.append(("description", .string(text))) }
        let names = operation.parameters + (endpoint.charge == .none ? [] : ["position"])
        let parameters = pathParameters + names.map { Self.reference("parameters", $0) }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = operation.body { members.append(("requestBody", requestBody(body))) }
        members.append(("responses", .object(responses)))
        return .object(members)
    }

    static func reference(_ kind: String, _ name: String) -> OpenAPIValue {
        ["$ref": "#/components/\(kind)/\(name)"]
    }

    private var security: OpenAPIValue {
        // The one route with a token that is not an account's.
        if operation.id == "getMetrics" { return [["metricsToken": []]] }
        return switch endpoint.access {
        case .open: []
        case .optional: [["bearerAuth": []], [:]]
        case .required: [["bearerAuth": []]]
        }
    }

    private var pathParameters: [OpenAPIValue] {
        endpoint.path.split(separator: "/").filter { $0.first == "{" }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            return [
                "name": .string(name), "in": "path", "required": true,
                "description": .string(Self.meaning(of: name, in: endpoint.path)),
                "schema": Self.reference("schemas", ["name": "Username", "tag": "Tag"][name] ?? "ID"),
            ]
        }
    }

    private static func meaning(of name: String, in path: String) -> String {
        if name == "name" { return "The account's username, in any case." }
        if name == "user_id" { return "The member's `user_id`." }
        if path.hasPrefix("/v1/lists/") { return "The list's `list_id`." }
        if name == "tag" { return "The hashtag, in any case, with or without its sign." }
        if path.hasPrefix("/v1/me/muted-words/") { return "The word's `muted_word_id`." }
        if path.hasPrefix("/v1/posts/") { return "The post's `post_id`." }
        if path.hasPrefix("/v1/me/sessions/") { return "The `session_id`." }
        return path.hasPrefix("/v1/me/follow-requests/")
            ? "The `user_id` of the account that asks to follow you." : "The account's `user_id`."
    }

    private func requestBody(_ schema: String) -> OpenAPIValue {
        [
            "required": .boolean(operation.bodyIsRequired),
            "content": ["application/json": ["schema": Self.reference("schemas", schema)]],
        ]
    }

    private var responses: [(key: String, value: OpenAPIValue)] {
        let problems = OpenAPIProblems.statuses(of: endpoint).map { status in
            (key: String(status), value: Self.reference("responses", OpenAPIProblems.name(of: status)))
        }
        let successes = ([operation.answer.status] + operation.alsoAnswers).sorted()
        return successes.map { (key: String($0), value: success) } + problems
    }

    private var success: OpenAPIValue {
        var headers: [(key: String, value: OpenAPIValue)] = OpenAPIHeaders.common(isCharged: endpoint.charge != .none)
        if operation.parameters.contains("idempotencyKey") {
            headers.append(("Idempotency-Replayed", Self.reference("headers", "Idempotency-Replayed")))
        }
        if endpoint.charge != .none, endpoint.method != .get {
            headers.append(("Starling-Position", Self.reference("headers", "Starling-Position")))
        }
        if operation.answer.status == 101 { headers += OpenAPIHeaders.references(["Upgrade", "Sec-WebSocket-Accept"]) }
        if endpoint.mayBeCompressed { headers += OpenAPIHeaders.references(["Content-Encoding", "Vary"]) }
        let response: OpenAPIValue = [
            "description": .string(operation.answer.status == 204 ? "Done; no content." : operation.summary + "."),
            "headers": .object(headers),
        ]
        guard let schema = operation.answer.schema else { return response }
        let types = [
            "Metrics": "text/plain", "EventStream": EventStream.contentType, "Archive": ArchiveFormat.contentType,
        ]
        let type = types[schema] ?? "application/json"
        let media: OpenAPIValue = ["schema": Self.reference("schemas", schema)]
        return response.adding([("content", .object([(type, media)]))])
    }
}
