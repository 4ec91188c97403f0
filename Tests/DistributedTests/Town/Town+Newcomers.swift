import HTTPClient
import Testing

extension Town {
    static let password = "correct horse"

    /// Somebody with a password, who registers at a process.
    static func register(_ name: String, at port: Int) async throws -> Person {
        let body = #"{"username":"\#(name)","email":"\#(name)@example.org","password":"\#(password)"}"#
        return try await enter("/v1/users/register", body, at: port)
    }

    /// The same person with another session.
    static func logIn(_ name: String, at port: Int) async throws -> Person {
        try await enter("/v1/users/login", #"{"username":"\#(name)","password":"\#(password)"}"#, at: port)
    }

    private static func enter(_ path: String, _ body: String, at port: Int) async throws -> Person {
        var request = HTTPClientRequest(method: "POST", path: path, headers: [("Content-Type", "application/json")])
        request.body = Array(body.utf8)
        let answer = try await HTTPClient(.tcp(host: "127.0.0.1", port: port)).send(request)
        let user = answer.json["user"]
        return Person(
            number: 0, name: try #require(user["username"].string), id: try #require(user["user_id"].string),
            token: try #require(answer.json["access_token"].string))
    }
}
