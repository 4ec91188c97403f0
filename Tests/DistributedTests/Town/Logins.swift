import HTTPClient

/// Somebody who logs in again and again.
struct Logins: Sendable {
    static let password = "correct horse battery"

    let town: Town
    let username: String

    /// Goes on until the town is closed.
    func run() async {
        var line = Line(town.ports)
        var turn = 0
        while town.isLively {
            turn += 1
            var request = HTTPClientRequest(method: "POST", path: "/v1/users/login")
            request.headers = [("Content-Type", "application/json")]
            request.body = Array(#"{"username":"\#(username)","password":"\#(Self.password)"}"#.utf8)
            do {
                let answer = try await line.send(request, to: turn % town.ports.count)
                if answer.status == 200 { town.findings.count("logged in") } else { town.judge(answer, to: "a login") }
            } catch let error as HTTPClientError {
                town.judge(error, of: "a login")
            } catch {}
            try? await Task.sleep(for: .milliseconds(500))
        }
        await line.close()
    }
}
