import HTTPClient

/// People who log in again and again, in turn: each has 30 tries in ten minutes.
struct Logins: Sendable {
    static let password = "correct horse battery"

    let town: Town
    let usernames: [String]

    /// As many as do not come to their last try while a scenario lasts.
    static let usernames = (1...(Survival.isDrill ? 12 : 4)).map { "visitor\($0)" }

    /// Goes on until the town is closed.
    func run() async {
        var line = Line(town.ports)
        var turn = 0
        while town.isLively {
            turn += 1
            let username = usernames[turn % usernames.count]
            var request = HTTPClientRequest(method: "POST", path: "/v1/users/login")
            request.headers = [("Content-Type", "application/json")]
            request.body = Array(#"{"username":"\#(username)","password":"\#(Self.password)"}"#.utf8)
            do {
                let answer = try await line.send(request, to: turn % town.ports.count)
                if answer.status == 200 { town.findings.count("logged in") } else { town.judge(answer, to: "a login") }
            } catch let error as HTTPClientError {
                town.judge(error, of: "a login")
            } catch {}
            try? await Task.sleep(for: .seconds(1))
        }
        await line.close()
    }
}
