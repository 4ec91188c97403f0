import Core
import HTTPTypes

/// What a head says, held against the bounds.
extension HTTPRequest {
    /// Why nothing is answered to it, whatever its body.
    var problem: Problem? {
        if path?.utf8.count ?? 0 > Limits.urlBytesMax { return APIError.uriTooLong }
        if headerFields.count > Limits.headerCountMax { return APIError.headersTooLarge }
        if let length = headerFields[.contentLength].flatMap({ Int($0) }), length > Limits.bodyBytesMax {
            return APIError.tooLarge
        }
        return nil
    }

    /// Whether the client sends the body only when told to, and the body is none that is refused anyway.
    var waitsToSendBody: Bool {
        guard headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        return headerFields[.contentLength].flatMap { Int($0) } ?? 0 <= Limits.bodyBytesMax
    }
}
