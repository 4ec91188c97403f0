import HTTPClient
import Testing
import TestSupport

/// Requests for the fast path, what tells that they took it, and answers without what differs from one to the next.
enum FastPath {
    static let metricsToken = "a-token-nobody-guesses"
    static let flags = ["--rate-limits", "off", "--metrics-token", metricsToken]

    /// - Parameter ordinary: sends it the other way, to be answered alike.
    static func get(_ path: String, as token: String? = nil, ordinary: Bool = false, _ fields: String = "") -> String {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let detour = ordinary ? "TE: trailers\r\n" : ""
        return "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(authorization)\(fields)\(detour)\r\n"
    }

    /// Answers, their head lines in order, without request ids, dates and what is left of a budget.
    static func lasting(_ received: [UInt8]) -> [String] {
        var rest = received[...]
        var found: [String] = []
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                .replacing(/(X-Request-Id|Date): [^\r]*/) { "\($0.1): …" }
                .replacing(/RateLimit: ("[a-z-]+");r=[0-9]+;t=[0-9]+/) { "RateLimit: \($0.1)" }
            let length = lines.firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
            rest = rest[end.upperBound...]
            found.append(lines + "\r\n\r\n" + String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length)
        }
        return found
    }
}

extension RawConnection {
    /// Sends a request and receives its answer, which has a body.
    func ask(_ request: String) async throws -> [UInt8] {
        try await send(request)
        return try await receive { !$0.responses.isEmpty }.bytes
    }

    func status(_ request: String) async throws -> Int? {
        RawResponse.all(in: try await ask(request)).first?.status
    }

    /// Asks until the answer comes by the fast path.
    func warm(_ request: String, _ server: RunningServer) async throws {
        for _ in 0..<200 {
            let before = try await server.fastAnswers()
            _ = try await ask(request)
            if try await server.fastAnswers() > before { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("nothing answers on the fast path: \(request)")
    }
}

extension RunningServer {
    func metrics() async throws -> Exposition {
        try Exposition(try await api.with(token: FastPath.metricsToken).get("/metrics").text)
    }

    /// How many requests the fast path has answered.
    func fastAnswers() async throws -> Int {
        let text = try await api.with(token: FastPath.metricsToken).get("/metrics").text
        let name = "starling_http_fast_path_requests_total "
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return Int(try #require(line.flatMap { Double($0.dropFirst(name.count)) }))
    }
}
