import Core
import Foundation
import Telemetry

extension S3BlobStore {
    package func list(_ prefix: BlobPrefix, after token: String?, limit: Int) async throws -> BlobPage {
        try await metrics.measure(.list) {
            try BlobPage.check(limit: limit)
            let place = transport.location.prefix
            // Keys that others put there may have bytes that XML cannot say.
            var query = [
                ("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(limit)),
                ("prefix", place + prefix.text),
            ]
            if let token { query.append(("continuation-token", token)) }
            let reply = try await transport.send(S3Request(method: .GET, query: query))
            return try Self.page(S3XML.parse(reply.body), place: place)
        }
    }

    private static func page(_ list: S3Element, place: String) throws -> BlobPage {
        guard list.name == "ListBucketResult", let isTruncated = list["IsTruncated"] else { throw S3XML.malformed }
        let next = isTruncated == "true" ? list["NextContinuationToken"] : nil
        guard isTruncated == "false" || next.map({ (1...2_048).contains($0.utf8.count) }) ?? false else {
            throw S3XML.malformed
        }
        let contents = list.children.filter { $0.name == "Contents" }
        return BlobPage(entries: try contents.compactMap { try entry($0, place: place) }, next: next)
    }

    /// Nil for what no store of blobs put there.
    private static func entry(_ element: S3Element, place: String) throws -> BlobEntry? {
        guard let name = element["Key"]?.removingPercentEncoding, name.hasPrefix(place),
            let length = element["Size"].flatMap({ Int64($0) }), length >= 0,
            let time = element["LastModified"].flatMap({ Timestamp(rfc3339: $0) })
        else { throw S3XML.malformed }
        guard let key = try? BlobKey(String(name.dropFirst(place.count))) else { return nil }
        return BlobEntry(key: key, length: length, storedAt: time.millisecondsSince1970)
    }
}
