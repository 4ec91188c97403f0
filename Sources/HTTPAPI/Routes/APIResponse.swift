import BlobStore
import Core
import HTTPTypes

/// An answer as endpoints give it.
package struct APIResponse: Sendable {
    package var status: Int
    package var headers: HTTPFields
    package var body: [UInt8]
    /// What follows for as long as the connection lives, instead of a body.
    package var stream: EventStream?
    /// A body that is too large for memory, of so many bytes.
    package var download: BlobContent?
    /// What the connection is used for from here on, with status 101.
    package var webSocket: WebSocketUse?
    /// Whether it may be sent compressed.
    var isCompressible = false

    package init(status: Int = 200, contentType: String? = nil, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
        if let contentType { self.headers[.contentType] = contentType }
    }

    /// JSON that is encoded already.
    package static func json(_ body: [UInt8], status: Int = 200) -> APIResponse {
        APIResponse(status: status, contentType: "application/json", body: body)
    }

    /// JSON written by `write`.
    static func json(status: Int = 200, _ write: (inout JSONWriter) -> Void) -> APIResponse {
        var writer = JSONWriter(capacity: 1024)
        write(&writer)
        return json(writer.bytes, status: status)
    }

    static let noContent = APIResponse(status: 204)
}
