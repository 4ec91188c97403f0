import Core
import Exports
import HTTPTypes
import Telemetry

/// Everything about one's own account, to take along.
struct ExportRoutes: Sendable {
    let services: APIServices

    private static let tag = "Accounts"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/me/export", .required,
                Operation(
                    "askForExport", "Ask for an archive of your account", tag: Self.tag,
                    parameters: ["idempotencyKey"], answer: (202, "Export"), problems: [409]), handler: ask),
            Endpoint(
                .get, "/v1/me/export", .required,
                Operation(
                    "getExport", "How far your archive is", tag: Self.tag, answer: (200, "Export"), problems: [404]),
                handler: { request in Self.answer(try await service().export(of: try request.viewer())) }),
            Endpoint(
                .get, "/v1/me/export/archive", .required,
                Operation(
                    "loadExport", "The archive of your account", tag: Self.tag, answer: (200, "Archive"),
                    problems: [404]), handler: load),
            Endpoint(
                .get, "/v1/me/kept-items", .required,
                Operation(
                    "listKeptItems", "What of your archive could not come back here", tag: Self.tag,
                    answer: (200, "KeptItems")), handler: listKept),
            Endpoint(
                .delete, "/v1/me/kept-items", .required,
                Operation(
                    "removeKeptItems", "Forget what of your archive could not come back here", tag: Self.tag,
                    answer: (204, nil)), handler: removeKept),
        ]
    }

    private func service() throws -> ExportService {
        guard let exports = services.exports else { throw APIError.unavailable }
        return exports
    }

    private func ask(_ request: APIRequest) async throws -> APIResponse {
        let (service, viewer) = (try service(), try request.viewer())
        let (export, replayed) = try await services.once(request, "/v1/me/export") { note in
            try await service.ask(viewer, noting: note)
        } again: { _ in
            try await service.export(of: viewer)
        }
        return Self.answer(export, status: 202).replayed(replayed)
    }

    private func load(_ request: APIRequest) async throws -> APIResponse {
        var response = APIResponse(contentType: ArchiveFormat.contentType)
        response.download = try await service().archive(of: try request.viewer())
        response.headers[.contentDisposition] = "attachment; filename=\"starling-archive.tar.gz\""
        return response
    }

    private func listKept(_ request: APIRequest) async throws -> APIResponse {
        let sections = try await service().kept(of: try request.viewer())
        return .json { json in
            json.raw("{\"sections\":[")
            for (index, section) in sections.enumerated() {
                json.raw(index > 0 ? ",{\"section\":" : "{\"section\":")
                json.string(section.name)
                json.raw(",\"items_count\":")
                json.integer(Int64(section.count))
                json.raw("}")
            }
            json.raw("]}")
        }
    }

    private func removeKept(_ request: APIRequest) async throws -> APIResponse {
        try await service().removeKept(of: try request.viewer())
        return APIResponse(status: 204)
    }

    private static func answer(_ export: Export, status: Int = 200) -> APIResponse {
        .json(status: status) { json in
            json.raw("{\"state\":")
            json.string(export.state.name)
            json.raw(",\"asked_at\":")
            json.string(Timestamp.string(export.askedAt))
            json.raw(",\"sections_done\":")
            json.integer(export.sectionsDone)
            json.raw(",\"sections\":")
            json.integer(Int64(export.sections))
            json.raw(",\"items_done\":")
            json.integer(export.itemsDone)
            json.raw(",\"bytes\":")
            if let length = export.length { json.integer(length) } else { json.raw("null") }
            json.raw(",\"finished_at\":")
            json.string(export.finishedAt.map { Timestamp.string($0) })
            json.raw(",\"expires_at\":")
            json.string(export.expiresAt.map { Timestamp.string($0) })
            json.raw("}")
        }
    }
}
