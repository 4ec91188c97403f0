import TestSupport

/// A response as it came over the wire.
struct RawResponse: Sendable {
    var status: Int
    /// Names in lower case.
    var fields: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSON(bytes: body) }

    /// Whether an error is told as RFC 9457 wants it.
    var isProblem: Bool {
        fields["content-type"] == "application/problem+json" && json["status"].int == status
            && json["title"].string != nil && json["type"].string != nil
    }

    /// The complete responses at the start of `bytes`. Bodies are as long as `Content-Length` says, but for 1xx and 204.
    static func all(in bytes: [UInt8]) -> [RawResponse] {
        var rest = bytes[...]
        var found: [RawResponse] = []
        while let response = next(in: &rest) { found.append(response) }
        return found
    }

    /// What a `HEAD` request got: no body, whatever the length says.
    static func head(in bytes: [UInt8]) -> RawResponse? {
        var rest = bytes[...]
        return head(&rest)
    }

    private static func next(in rest: inout ArraySlice<UInt8>) -> RawResponse? {
        var after = rest
        guard var response = head(&after) else { return nil }
        let length =
            response.status < 200 || response.status == 204
            ? 0 : response.fields["content-length"].flatMap { Int($0) } ?? 0
        guard after.count >= length else { return nil }
        response.body = Array(after.prefix(length))
        rest = after.dropFirst(length)
        return response
    }

    private static func head(_ rest: inout ArraySlice<UInt8>) -> RawResponse? {
        guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        rest = rest[end.upperBound...]
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count == 3, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return RawResponse(status: status, fields: fields, body: [])
    }
}

extension [RawResponse] {
    var areProblems: Bool { allSatisfy { $0.isProblem } }
}
