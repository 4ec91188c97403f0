import Core
import Crypto
import Foundation
import Telemetry

/// Signs requests with Signature Version 4, in their headers or in their query.
struct S3Signer: Sendable {
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    private static let algorithm = "AWS4-HMAC-SHA256"

    let credentials: S3Credentials
    let region: String
    /// `s3` but in the published test vectors.
    var service = "s3"

    /// The headers that a request needs on top of its own.
    /// - Parameter headers: those that are to be signed, with `Host`.
    func headers(
        method: String, path: String, query: [(String, String)], headers: [(String, String)], payloadHash: String,
        at milliseconds: Int64
    ) -> [(String, String)] {
        let time = Self.time(milliseconds)
        var added = [("x-amz-date", time)]
        if service == "s3" { added.append(("x-amz-content-sha256", payloadHash)) }
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        let request = CanonicalRequest(
            method: method, path: path, query: query, headers: headers + added, payloadHash: payloadHash)
        let authorization =
            "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(time)), "
            + "SignedHeaders=\(request.signedHeaders), Signature=\(signature(request, time))"
        return added + [("Authorization", authorization)]
    }

    /// The whole query of a request that carries its signature in it, encoded.
    func presignedQuery(
        method: String, path: String, headers: [(String, String)], expiresSeconds: Int64, at milliseconds: Int64
    ) -> String {
        let time = Self.time(milliseconds)
        let unsigned = CanonicalRequest(method: method, path: path, query: [], headers: headers, payloadHash: "")
        var query = [
            ("X-Amz-Algorithm", Self.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(time))"),
            ("X-Amz-Date", time),
            ("X-Amz-Expires", String(expiresSeconds)),
            ("X-Amz-SignedHeaders", unsigned.signedHeaders),
        ]
        if let token = credentials.sessionToken { query.append(("X-Amz-Security-Token", token)) }
        let request = CanonicalRequest(
            method: method, path: path, query: query, headers: headers, payloadHash: Self.unsignedPayload)
        return CanonicalRequest.queryText(query) + "&X-Amz-Signature=" + signature(request, time)
    }

    private func signature(_ request: CanonicalRequest, _ time: String) -> String {
        let hash = Hex.text(SHA256.hash(data: Data(request.text.utf8)))
        let toSign = "\(Self.algorithm)\n\(time)\n\(scope(time))\n\(hash)"
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretAccessKey)".utf8))
        for step in [String(time.prefix(8)), region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(step.utf8), using: key))
        }
        return Hex.text(HMAC<SHA256>.authenticationCode(for: Data(toSign.utf8), using: key))
    }

    private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/\(service)/aws4_request" }

    /// `20130524T000000Z`.
    private static func time(_ milliseconds: Int64) -> String {
        Timestamp.string(milliseconds).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
