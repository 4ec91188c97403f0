import Core
import HTTPTypes

/// What answers say to browsers about pages of other origins: https://fetch.spec.whatwg.org/#http-cors-protocol.
///
/// No answer allows credentials: tokens travel in `Authorization`, which pages set themselves, and in no cookie.
extension AllowedOrigins {
    /// What answers carry besides what every page may read.
    static let exposedHeaders = [
        HTTPField.Name.allow, .contentDisposition, .idempotencyReplayed, .rateLimit, .rateLimitPolicy, .retryAfter,
        .starlingPosition, .wwwAuthenticate, .requestID,
    ].map(\.rawName).joined(separator: ", ")

    /// What requests carry besides what every page may send.
    private static let acceptedHeaders = [
        HTTPField.Name.authorization, .contentType, .idempotencyKey, .lastEventID, .starlingPosition,
    ].map(\.rawName).joined(separator: ", ")

    /// Names the page's origin in an answer, where it is allowed.
    /// - Parameter request: the fields of the request.
    func mark(_ answer: inout HTTPFields, to request: HTTPFields) {
        guard !isEmpty else { return }
        let origin = request[.origin]
        // Whoever keeps an answer has to know that it is another one for another page; this one is kept by nobody.
        guard origin != nil || answer[.cacheControl] != "no-store" else { return }
        answer.vary(by: .origin)
        guard let origin, let allowed = allowed(origin) else { return }
        answer[.accessControlAllowOrigin] = allowed.text
        if answer[.accessControlAllowMethods] == nil { answer[.accessControlExposeHeaders] = Self.exposedHeaders }
    }

    /// Answers a browser that asks, before it sends a page's request, whether it may. Nobody is charged for it: a page's user did not
    /// ask for it, it is as cheap as a refusal would be, and shorter.
    /// - Parameter methods: those that the path takes.
    /// - Returns: nil for any other request.
    func preflight(_ request: APIRequest, methods: [HTTPRequest.Method]) -> APIResponse? {
        guard !isEmpty, request.method == .options, request.headers[.accessControlRequestMethod] != nil,
            let origin = request.headers[.origin]
        else { return nil }
        guard allowed(origin) != nil else { return APIError.foreignOrigin.response() }
        var response = APIResponse(status: 204)
        response.headers[.accessControlAllowMethods] = methods.map(\.rawValue).sorted().joined(separator: ", ")
        response.headers[.accessControlAllowHeaders] = Self.acceptedHeaders
        response.headers[.accessControlMaxAge] = String(Limits.preflightSeconds)
        return response
    }
}

extension HTTPFields {
    /// Says that an answer depends on this field of its request.
    mutating func vary(by name: HTTPField.Name) {
        self[.vary] = self[.vary].map { "\($0), \(name.rawName)" } ?? name.rawName
    }
}
