import Core
import HTTPTypes

/// Which answers are compressed for clients that ask for it.
package enum Compression: String, Sendable {
    case off
    /// Those that the front desk never gives, so that its bytes and the ordinary ones are the same.
    case on
    /// Those too; then the front desk leaves requests that speak of encodings to the ordinary way.
    case all

    func covers(_ endpoint: Endpoint) -> Bool {
        switch self {
        case .off: false
        case .on: endpoint.mayBeCompressed && endpoint.warm == nil
        case .all: endpoint.mayBeCompressed
        }
    }
}

extension Endpoint {
    /// The length of a compressed answer tells how much its parts are alike. Where one part is secret, and someone else
    /// can choose another and have the answer sent over and over, they learn the secret letter by letter (BREACH). So what
    /// holds tokens or an e-mail address is never compressed, nor a stream, which would be held back. Other answers hold no
    /// credentials; and nobody can make a browser ask for them on a user's behalf, since tokens travel in no cookie.
    var mayBeCompressed: Bool {
        guard let schema = operation.answer.schema else { return false }
        return !["Session", "Me", "EventStream"].contains(schema)
    }
}

extension APIResponse {
    /// The body as it is sent, with the header fields that tell of it.
    func encodedBody(for request: HTTPFields, _ headers: inout HTTPFields) -> [UInt8] {
        guard isCompressible, status == 200 || status == 201 else { return body }
        headers.vary(by: .acceptEncoding)
        guard body.count >= Limits.compressedBodyBytesMin, AcceptEncoding(request).allowsGzip,
            let packed = Gzip.compressed(body), packed.count < body.count
        else { return body }
        headers[.contentEncoding] = "gzip"
        return packed
    }
}
