import Core
import HTTPClient
import TestSupport

/// One person who writes: publishes, deletes, hides, follows, blocks and mutes, through any api, and looks each time whether
/// what that hides is gone from everywhere.
struct Writer {
    let town: Town
    let me: Town.Person
    var line: Line
    var watchdog: Watchdog
    var numbers: SeededGenerator
    private var mine: [Int64] = []
    private var published = 0

    init(_ me: Town.Person, in town: Town, seed: Int) {
        self.town = town
        self.me = me
        line = Line(town.ports)
        watchdog = Watchdog(town)
        numbers = SeededGenerator(seed: seed &* 1_000 &+ me.number)
    }

    /// Goes on until the town is closed.
    mutating func run() async {
        while town.isLively {
            await act()
            try? await Task.sleep(for: .milliseconds(Int.random(in: 10...80, using: &numbers)))
        }
        await line.close()
        await watchdog.close()
    }

    private mutating func act() async {
        switch Int.random(in: 0..<100, using: &numbers) {
        case ..<45: await publish()
        case ..<53: await delete()
        case ..<57: await makePrivate()
        default: await relate()
        }
    }

    // MARK: Asking until there is an answer

    /// Sends a request again until it is answered for certain.
    /// - Returns: the answer, and whether an earlier attempt may have had its effect; nil where time ran out.
    mutating func insist(
        _ request: HTTPClientRequest, _ what: String, expecting: Set<Int>
    ) async -> (answer: HTTPClientResponse, api: Int, wasLost: Bool)? {
        var wasLost = false
        let end = ContinuousClock.now + .seconds(150)
        while ContinuousClock.now < end {
            let api = Int.random(in: town.ports.indices, using: &numbers)
            let start = ContinuousClock.now
            do {
                let answer = try await line.send(request, to: api)
                town.findings.took(start.duration(to: .now))
                if expecting.contains(answer.status) || wasLost && [404, 409].contains(answer.status) {
                    if answer.status != 409 { return (answer, api, wasLost) }
                } else {
                    town.judge(answer, to: "\(me.name) \(what)")
                    if answer.status < 500 { return nil }
                }
                wasLost = true
            } catch let error as HTTPClientError {
                town.judge(error, of: "\(me.name) \(what)")
                if error.code != .connectFailed { wasLost = true }
            } catch { return nil }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 20...120, using: &numbers)))
        }
        town.findings.wrong("\(me.name) \(what) got no answer at all")
        return nil
    }

    // MARK: Posts

    private mutating func publish() async {
        published += 1
        let isForFollowers = Int.random(in: 0..<5, using: &numbers) == 0
        let body =
            #"{"content":"\#(me.name) \#(published)","visibility":"\#(isForFollowers ? "followers" : "public")"}"#
        let request = HTTPClientRequest(
            "POST", "/v1/posts", as: me.token, body: body, headers: [("Idempotency-Key", "\(me.name)-\(published)")])
        guard let (answer, api, _) = await insist(request, "publish", expecting: [201]) else { return }
        guard let id = answer.json["post_id"].string.flatMap({ Int64($0) }) else {
            return town.findings.wrong("\(me.name) got no id: \(answer.text)")
        }
        mine.append(id)
        town.note {
            $0.posts[id] = Ledger.Post(id: id, author: me.number, isForFollowers: isForFollowers)
        }
        town.findings.count("published")
        await watchdog.expectOwn(id, of: me, after: answer, through: api)
    }

    private mutating func delete() async {
        guard let index = mine.indices.randomElement(using: &numbers) else { return }
        let id = mine.remove(at: index)
        let request = HTTPClientRequest("DELETE", "/v1/posts/\(id)", as: me.token)
        guard await insist(request, "delete \(id)", expecting: [204]) != nil else { return }
        town.note { $0.posts[id]?.isDeleted = true }
        town.findings.count("deleted")
        await watchdog.expectGone(id, for: me)
        await watchdog.expectGone(id, for: someoneElse())
    }

    private mutating func makePrivate() async {
        guard let index = mine.indices.randomElement(using: &numbers) else { return }
        let id = mine[index]
        let body = #"{"content":"\#(me.name) for myself","visibility":"private"}"#
        let request = HTTPClientRequest("PUT", "/v1/posts/\(id)", as: me.token, body: body)
        guard await insist(request, "make \(id) private", expecting: [200]) != nil else { return }
        town.note { $0.posts[id]?.isPrivate = true }
        town.findings.count("made private")
        await watchdog.expectGone(id, for: someoneElse())
    }

    private mutating func someoneElse() -> Town.Person {
        let other = Int.random(in: 1..<town.people.count, using: &numbers)
        return town.people[(me.number + other) % town.people.count]
    }
}
