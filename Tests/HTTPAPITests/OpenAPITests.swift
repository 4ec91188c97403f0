import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("The OpenAPI document")
struct OpenAPITests {
    @Test("it has every route, and no other")
    func routes() async throws {
        try await TestServer.run { server in
            let paths = server.contract.document["paths"].members
            let documented = Set(paths.flatMap { path, methods in methods.members.keys.map { "\($0) \(path)" } })
            let served = Set(server.api.routes.endpoints.map { "\($0.method.rawValue.lowercased()) \($0.path)" })
            #expect(documented == served)
        }
    }

    @Test("every reference leads somewhere, and every schema is used")
    func references() async throws {
        try await TestServer.run { server in
            let document = server.contract.document
            let found = references(in: document)
            for reference in found {
                #expect(server.contract.resolved(.object(["$ref": .text(reference)])) != .absent, "\(reference)")
            }
            for name in document["components"]["schemas"].members.keys {
                #expect(found.contains("#/components/schemas/\(name)"), "\(name) is not used")
            }
        }
    }

    @Test("every operation is described, has its own id, and documents its path parameters")
    func operations() async throws {
        try await TestServer.run { server in
            var ids: Set<String> = []
            for endpoint in server.api.routes.endpoints {
                let operation = server.contract.operation(endpoint)
                let id = try #require(operation["operationId"].string)
                #expect(ids.insert(id).inserted, "\(id)")
                #expect(operation["description"].string != nil, "\(id)")
                let inPath = operation["parameters"].array.filter { $0["in"] == .text("path") }
                #expect(inPath.count == endpoint.path.count { $0 == "{" }, "\(id)")
                #expect(operation["security"].array.isEmpty == (server.isOpen(endpoint)), "\(id)")
            }
        }
    }

    @Test("openapi-spec-validator finds nothing wrong")
    func validator() async throws {
        try await TestServer.run { server in
            let answer = await server.get("/openapi.json")
            let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
            defer { try? FileManager.default.removeItem(at: file) }
            try Data(answer.body).write(to: file)
            let (status, output) = try run("python3", "-m", "openapi_spec_validator", file.path)
            let hint = "install it with: python3 -m pip install openapi-spec-validator"
            #expect(status == 0, "\(output)\n\(output.contains("No module named") || status == 127 ? hint : "")")
        }
    }

    private func references(in value: JSON) -> Set<String> {
        switch value {
        case .list(let elements): Set(elements.flatMap(references))
        case .object(let members):
            Set(members.values.flatMap(references)).union(members["$ref"]?.string.map { [$0] } ?? [])
        default: []
        }
    }

    private func run(_ command: String...) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appending(path: "starling-output-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let status = try Command.run(command, output: file.path)
        return (status, String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
}

extension TestServer {
    fileprivate func isOpen(_ endpoint: Endpoint) -> Bool {
        if case .open = endpoint.access { endpoint.operation.id != "getMetrics" } else { false }
    }
}
