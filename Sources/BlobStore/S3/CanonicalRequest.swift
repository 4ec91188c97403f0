/// A request in the one spelling that both sides sign: Signature Version 4,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
struct CanonicalRequest {
    let method: String
    /// Already percent-encoded, and for S3 just so: not normalised, not encoded twice.
    let path: String
    /// Names and values, not encoded.
    let query: [(String, String)]
    /// Names in any case; the same name may come more than once.
    let headers: [(String, String)]
    /// In hexadecimal, or `UNSIGNED-PAYLOAD`.
    let payloadHash: String

    var signedHeaders: String { canonicalHeaders.map(\.name).joined(separator: ";") }

    var text: String {
        let lines = canonicalHeaders.map { "\($0.name):\($0.value)\n" }.joined()
        return "\(method)\n\(path)\n\(Self.queryText(query))\n\(lines)\n\(signedHeaders)\n\(payloadHash)"
    }

    private var canonicalHeaders: [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers { values[name.lowercased(), default: []].append(Self.trimmed(value)) }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    /// Sorted by encoded name, then value.
    static func queryText(_ query: [(String, String)]) -> String {
        query.map { (encoded($0.0), encoded($0.1)) }
            .sorted { $0.0 == $1.0 ? isBefore($0.1, $1.1) : isBefore($0.0, $1.0) }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    private static func isBefore(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// Everything but the unreserved characters of RFC 3986, as %XX in upper case.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without spaces at the ends, and with one where there were several.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
