import HTTPTypes
import Core
import Foundation

/// Reads JSON bodies: strictly, bounded in depth, and with a problem that says where they broke.
enum JSONBody {
    /// - Throws: `Problem` 400 for what is no JSON, 422 for a field that is missing or of the wrong type.
    static func decode<Body: Decodable>(_: Body.Type, from bytes: [UInt8]) throws -> Body {
        guard !bytes.isEmpty else { throw APIError.badRequest("The body is empty; it must be a JSON object.") }
        // A raw U+0000 is never JSON, and would make the decoder guess at other encodings.
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw APIError.badRequest("The body is not valid UTF-8.")
        }
        do {
            try StrictJSON.check(bytes, depthMax: Limits.jsonDepthMax)
            return try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch let broken as StrictJSON.Broken {
            throw APIError.badRequest(
                "The body is not valid JSON: \(broken.reason), at line \(broken.line), column \(broken.column).")
        } catch let error as DecodingError {
            throw problem(for: error)
        }
    }

    private static func problem(for error: DecodingError) -> Problem {
        switch error {
        case .keyNotFound(let key, let context):
            let field = name(of: context.codingPath + [key])
            return APIError.invalid(field, "\(field) is missing.")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            guard !context.codingPath.isEmpty else { return APIError.badRequest("The body must be a JSON object.") }
            let field = name(of: context.codingPath)
            return APIError.invalid(field, "\(field) is of the wrong type.")
        case .dataCorrupted(let context):
            guard context.codingPath.isEmpty else {
                let field = name(of: context.codingPath)
                return APIError.invalid(field, "\(field) is \(context.debugDescription).")
            }
            return APIError.badRequest("The body is not valid JSON.")
        @unknown default: return APIError.badRequest("The body is not valid JSON.")
        }
    }

    private static func name(of path: [any CodingKey]) -> String {
        path.map(\.stringValue).joined(separator: ".")
    }
}

extension APIRequest {
    /// The JSON body. A missing `Content-Type` is taken as JSON only where there is no body.
    func decode<Body: Decodable>(_ type: Body.Type) throws -> Body {
        try requireJSON()
        return try JSONBody.decode(type, from: body)
    }

    private func requireJSON() throws {
        guard !body.isEmpty else { return }
        guard ["identity", nil].contains(headers[.contentEncoding]?.lowercased()) else {
            throw APIError.unsupportedMediaType
        }
        let parts = (headers[.contentType] ?? "").lowercased().split(separator: ";")
        let names = parts.map { $0.trimmingCharacters(in: .whitespaces) }
        guard names.first == "application/json",
            names.dropFirst().allSatisfy({
                !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
            })
        else { throw APIError.unsupportedMediaType }
    }
}
