import Foundation

/// Where the blobs lie: `s3://bucket/prefix?region=eu-central-1&endpoint=http://127.0.0.1:9000`.
///
/// With an endpoint the bucket is the first segment of the path, as servers other than Amazon's expect; without one it is
/// the first label of the host. The region is `us-east-1` unless said otherwise.
package struct S3Location: Hashable, Sendable {
    package let bucket: String
    /// Empty, or segments with a slash after each.
    package let prefix: String
    package let region: String
    let isSecure: Bool
    /// With the port where it is not the scheme's own.
    let host: String
    let isPathStyle: Bool

    /// - Throws: `invalidArgument` saying what is wrong with the setting.
    package init(_ text: String) throws {
        guard let parts = URLComponents(string: text), parts.scheme == "s3", let bucket = parts.host,
            parts.user == nil, parts.password == nil, parts.port == nil, parts.fragment == nil
        else { throw Self.invalid("expected s3://bucket/prefix?region=…&endpoint=…") }
        var query: [String: String] = [:]
        for item in parts.queryItems ?? [] {
            guard ["region", "endpoint"].contains(item.name), query[item.name] == nil, let value = item.value else {
                throw Self.invalid("it takes region and endpoint, each once")
            }
            query[item.name] = value
        }
        self.bucket = try Self.bucket(bucket)
        prefix = try Self.prefix(parts.percentEncodedPath)
        region = try Self.region(query["region"] ?? "us-east-1")
        let endpoint = try query["endpoint"].map(Self.endpoint)
        isPathStyle = endpoint != nil
        isSecure = endpoint?.isSecure ?? true
        host = endpoint?.host ?? "\(bucket).s3.\(region).amazonaws.com"
        // A dot in the bucket's name would be one label too many for the certificate.
        if endpoint == nil, bucket.contains(".") { throw Self.invalid("a bucket with a dot needs an endpoint") }
    }

    /// The path of a key, or of the bucket itself.
    func path(_ key: BlobKey?) -> String {
        (isPathStyle ? "/\(bucket)" : "") + (key.map { "/\(prefix)\($0.text)" } ?? (isPathStyle ? "" : "/"))
    }

    var origin: String { (isSecure ? "https://" : "http://") + host }

    private static func bucket(_ name: String) throws -> String {
        let isValid = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isValid, (3...63).contains(name.utf8.count), !name.contains(".."), name.first != ".", name.first != "-"
        else { throw invalid("not a bucket's name") }
        return name
    }

    private static func prefix(_ path: String) throws -> String {
        let trimmed = path.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
        guard !trimmed.isEmpty else { return "" }
        do { return try BlobKey(trimmed).text + "/" } catch { throw invalid("the prefix has to be spelled as a key") }
    }

    private static func region(_ name: String) throws -> String {
        let isValid = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isValid, (1...40).contains(name.utf8.count) else { throw invalid("not a region") }
        return name
    }

    private static func endpoint(_ text: String) throws -> (isSecure: Bool, host: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, ["http", "https"].contains(scheme),
            let host = parts.percentEncodedHost, !host.isEmpty, parts.user == nil, parts.query == nil,
            parts.fragment == nil, parts.path.isEmpty || parts.path == "/"
        else { throw invalid("the endpoint has to be http(s)://host:port") }
        let isSecure = scheme == "https"
        guard let port = parts.port, port != (isSecure ? 443 : 80) else { return (isSecure, host) }
        return (isSecure, "\(host):\(port)")
    }

    private static func invalid(_ what: String) -> BlobStoreError {
        BlobStoreError(.invalidArgument, what)
    }
}
