import Core
import HTTPTypes

/// Reads JSON bodies: strictly, bounded in depth, and with a problem that says where they broke.
enum JSONBody {
    /// - Throws: `Problem` 400 for what is no JSON object, 422 for a field that is missing, unknown or of the wrong type.
    static func decode<Body: JSONReadable>(_: Body.Type, from bytes: [UInt8]) throws -> Body {
        guard !bytes.isEmpty else { throw APIError.badRequest("The body is empty; it must be a JSON object.") }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw APIError.badRequest("The body is not valid UTF-8.")
        }
        do {
            guard let members = try StrictJSON.members(of: bytes, depthMax: Limits.jsonDepthMax) else {
                throw APIError.badRequest("The body must be a JSON object.")
            }
            let fields = JSONFields(members, of: bytes)
            try fields.allowOnly(Body.fieldNames)
            return try Body(fields)
        } catch let broken as StrictJSON.Broken {
            throw APIError.badRequest(
                "The body is not valid JSON: \(broken.reason), at line \(broken.line), column \(broken.column).")
        }
    }
}

/// What an endpoint takes that takes no body.
struct NoFields: JSONReadable {
    static let fieldNames: [String] = []

    init(_ fields: JSONFields) {}
}

extension APIRequest {
    /// The JSON body. A missing `Content-Type` is taken as JSON only where there is no body.
    func decode<Body: JSONReadable>(_ type: Body.Type) throws -> Body {
        try requireJSON()
        return try JSONBody.decode(type, from: body)
    }

    private func requireJSON() throws {
        guard !body.isEmpty else { return }
        if headers[.contentType] == "application/json", headers[.contentEncoding] == nil { return }
        guard ["identity", nil].contains(headers[.contentEncoding]?.lowercased()) else {
            throw APIError.unsupportedMediaType
        }
        let parts = (headers[.contentType] ?? "").lowercased().split(separator: ";")
        let names = parts.map { Self.trimmed($0) }
        guard names.first == "application/json",
            names.dropFirst().allSatisfy({
                !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
            })
        else { throw APIError.unsupportedMediaType }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return start[..<(start.lastIndex { $0 != " " && $0 != "\t" }.map(start.index(after:)) ?? start.startIndex)]
    }
}
