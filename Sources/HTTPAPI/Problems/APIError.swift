import Core
import HTTPTypes
import Streaming

/// What the edge itself refuses, before or around the features.
enum APIError {
    static let notFound = Problem(404, "not-found", "Not found", "There is nothing here.")
    static let unauthenticated = unauthenticated("This needs an access token: Authorization: Bearer …")
    static let tooLarge = Problem(413, "too-large", "Content too large", "The body is larger than this server takes.")
    static let uriTooLong = Problem(414, "uri-too-long", "URI too long", "The request target is too long.")
    static let headersTooLarge = Problem(
        431, "headers-too-large", "Request header fields too large", "The header fields are too large.")
    static let unsupportedMediaType = Problem(
        415, "unsupported-media-type", "Unsupported media type", "The body must be application/json in UTF-8.")
    static let tooManyStreams: Problem = {
        var problem = Problem(
            429, "too-many-streams", "Too many streams",
            "This account has as many streams open as it may; end one first.")
        problem.headers[.retryAfter] = "10"
        return problem
    }()
    static let foreignOrigin = Problem(
        403, "origin-not-allowed", "Forbidden", "This server is not open to pages of this origin.")
    static let upgradeRequired: Problem = {
        var problem = Problem(
            426, "upgrade-required", "Upgrade required",
            "This is for WebSocket clients: HTTP/1.1 with Upgrade: websocket and Sec-WebSocket-Version: 13.")
        problem.headers[.upgrade] = "websocket"
        problem.headers[.secWebSocketVersion] = WebSocketHandshake.version
        return problem
    }()
    static let unavailable = retryLater("The server cannot do this right now.", seconds: 1)
    static let archivesElsewhere = retryLater(
        "Archives lie with another process of this server. Its operator has to give all of them one place for archives.",
        seconds: 3_600)

    static func badRequest(_ detail: String) -> Problem {
        Problem(400, "bad-request", "Bad request", detail)
    }

    static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(422, "invalid", "Unprocessable content", detail, field: field)
    }

    /// A client's own word is repeated to it, as far as it is short.
    static func unknownField(_ name: String, in place: String = "this body", allowed: [String]) -> Problem {
        let name = String(String.UnicodeScalarView(name.unicodeScalars.prefix(Limits.repeatedNameScalarsMax)))
        let names = allowed.isEmpty ? "none" : allowed.sorted().joined(separator: ", ")
        return invalid(name, "\(name) is no field of \(place), which has \(names).")
    }

    /// The session is fine, so this is no 401, which would make clients log in anew.
    static func wrongPassword(field: String) -> Problem {
        Problem(403, "wrong-password", "Forbidden", "\(field) is wrong.", field: field)
    }

    static func unauthenticated(_ detail: String, code: String = "unauthenticated") -> Problem {
        var problem = Problem(401, code, "Unauthorized", detail)
        problem.headers[.wwwAuthenticate] = "Bearer realm=\"starling\""
        return problem
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        var problem = Problem(
            405, "method-not-allowed", "Method not allowed", "This path does not take that method.")
        problem.headers[.allow] = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return problem
    }

    static func tooManyRequests(retryAfter seconds: Int) -> Problem {
        var problem = Problem(
            429, "rate-limited", "Too many requests", "Too many requests. Try again in \(seconds) s.")
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }

    static func retryLater(_ detail: String, seconds: Int) -> Problem {
        var problem = Problem(503, "unavailable", "Service unavailable", detail)
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }
}
