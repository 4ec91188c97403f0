/// The path and query of a request line.
struct RequestTarget {
    let path: String
    let query: [String: String]

    /// - Throws: `APIError.badRequest` for a target that is not a path, a broken escape or a parameter given twice.
    init(_ target: String) throws {
        guard target.utf8.first == UInt8(ascii: "/"), target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw APIError.badRequest(
                "The request target must be a path of visible ASCII characters that begins with a slash.")
        }
        let withoutFragment = target.prefix { $0 != "#" }
        let parts = withoutFragment.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? try Self.parameters(of: parts[1]) : [:]
    }

    private static func parameters(of text: Substring) throws -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts[0].replacing("+", with: " ").removingPercentEncodingStrictly,
                let value = (parts.count > 1 ? parts[1] : "").replacing("+", with: " ")
                    .removingPercentEncodingStrictly
            else { throw APIError.badRequest("The query is not valid percent-encoded UTF-8.") }
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw APIError.badRequest("A query parameter is given twice.")
            }
        }
        return parameters
    }
}
