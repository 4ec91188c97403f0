import Foundation
import TestSupport

/// A client that speaks what browsers speak.
struct Curl {
    struct Answer: Sendable {
        /// Of HTTP: `1.1` or `2`.
        let version: String
        let status: Int
        /// Names in lower case.
        let fields: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSON { JSON(bytes: body) }
    }

    let origin: String
    let flags: [String]

    /// - Parameter version: a flag of curl, `--http1.1` or `--http2`.
    init(_ server: RunningServer, _ certificate: Certificate, version: String) {
        origin = "https://127.0.0.1:\(server.port)"
        flags = [version, "--cacert", certificate.certificate]
    }

    init(_ server: RunningServer) {
        origin = "http://127.0.0.1:\(server.port)"
        flags = []
    }

    func get(_ path: String, _ more: [String] = []) async throws -> Answer {
        let folder = try TemporaryFolder()
        let outcome = try await Tool.run(
            "curl", ["-sS", "-D", folder.file("head"), "-o", folder.file("body")] + flags + more + [origin + path])
        guard outcome.status == 0 else { throw Tool.Failure(description: "curl: \(outcome.errors)") }
        let head = try String(contentsOfFile: folder.file("head"), encoding: .utf8)
        let lines = head.split(whereSeparator: \.isNewline)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else { throw Tool.Failure(description: "no head: \(head)") }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        return Answer(
            version: String(words[0].dropFirst("HTTP/".count)), status: status, fields: fields,
            body: Array(FileManager.default.contents(atPath: folder.file("body")) ?? Data()))
    }

    func send(_ method: String, _ path: String, _ body: String, token: String? = nil) async throws -> Answer {
        try await get(
            path,
            ["-X", method, "-H", "Content-Type: application/json", "--data-binary", body]
                + (token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []))
    }
}
