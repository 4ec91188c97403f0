import Core
import HTTPTypes

/// A problem document of RFC 9457. It carries no `instance`, so that forbidden and absent are the same bytes.
package struct Problem: Error, Sendable {
    package let status: Int
    /// The last part of the problem's type, stable for clients to act on: `not-found`.
    package let code: String
    package let title: String
    package let detail: String
    /// The field a 422 is about.
    package var field: String?
    package var headers: HTTPFields = [:]

    package init(_ status: Int, _ code: String, _ title: String, _ detail: String, field: String? = nil) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.field = field
    }

    package func response() -> APIResponse {
        var writer = JSONWriter(capacity: 256)
        writer.raw("{\"type\":")
        writer.string("urn:starling:problem:" + code)
        writer.raw(",\"title\":")
        writer.string(title)
        writer.raw(",\"status\":")
        writer.integer(Int64(status))
        writer.raw(",\"detail\":")
        writer.string(detail)
        if let field {
            writer.raw(",\"field\":")
            writer.string(field)
        }
        writer.raw("}")
        return APIResponse(
            status: status, contentType: "application/problem+json", headers: headers, body: writer.bytes)
    }
}
