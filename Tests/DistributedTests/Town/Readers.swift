import HTTPClient
import TestSupport

/// People who read their home feeds at a steady rate, over all apis.
struct Readers: Sendable {
    let town: Town
    /// Readings a second, all together.
    let rate: Int

    /// Goes on until the town is closed.
    func run() async {
        let count = min(rate, 16)
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<count { tasks.addTask { await read(number, pause: .seconds(count) / rate) } }
        }
    }

    private func read(_ number: Int, pause: Duration) async {
        var line = Line(town.ports)
        var next = ContinuousClock.now
        var turn = number
        while town.isLively {
            turn += 1
            await readOnce(&line, town.people[turn % town.people.count], at: turn % town.ports.count)
            next = max(next + pause, .now - .seconds(1))
            try? await Task.sleep(until: next)
        }
        await line.close()
    }

    private func readOnce(_ line: inout Line, _ viewer: Town.Person, at api: Int) async {
        let request = HTTPClientRequest("GET", "/v1/feed?limit=30", as: viewer.token)
        let start = ContinuousClock.now
        do {
            let answer = try await line.send(request, to: api)
            town.findings.took(start.duration(to: .now))
            guard answer.status == 200 else {
                return town.judge(answer, to: "\(viewer.name) reading at api \(api + 1)")
            }
            town.findings.count("read")
            let ids = answer.json["posts"].array.compactMap { $0["post_id"].string.flatMap { Int64($0) } }
            if !zip(ids, ids.dropFirst()).allSatisfy({ $0 > $1 }) { town.findings.wrong("a feed out of order: \(ids)") }
        } catch let error as HTTPClientError {
            town.judge(error, of: "\(viewer.name) reading at api \(api + 1)")
        } catch {}
    }
}
