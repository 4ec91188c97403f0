import HTTPClient

/// Looks at every api whether what is hidden now is not shown any more: every reading starts after the acknowledgement.
struct Watchdog {
    let town: Town
    private var line: Line

    init(_ town: Town) {
        self.town = town
        line = Line(town.ports)
    }

    mutating func close() async { await line.close() }

    /// One's own post is there from its acknowledgement on: at the api that gave it, and with the position at any other.
    mutating func expectOwn(_ id: Int64, of me: Town.Person, after answer: HTTPClientResponse, through api: Int) async {
        for other in town.ports.indices {
            var request = HTTPClientRequest("GET", "/v1/feed?limit=100", as: me.token)
            if other != api || town.isBalanced, let position = answer.header("Starling-Position") {
                request.headers.append(("Starling-Position", position))
            }
            guard let feed = await page(request, at: other) else { continue }
            if !feed.ids.contains(id) { town.findings.wrong("\(me.name)'s new post \(id) is not in their feed") }
        }
    }

    /// A post is gone from one's feed, and by itself.
    mutating func expectGone(_ id: Int64, for viewer: Town.Person) async {
        for api in town.ports.indices {
            if let feed = await feed(of: viewer, at: api), feed.ids.contains(id) {
                town.findings.wrong("the hidden post \(id) is in the feed of \(viewer.name) at api \(api + 1)")
            }
            let request = HTTPClientRequest("GET", "/v1/posts/\(id)", as: viewer.token)
            guard let answer = await reading(request, at: api, expecting: [200, 404]) else { continue }
            if answer.status == 200 {
                town.findings.wrong("the hidden post \(id) is shown to \(viewer.name) at api \(api + 1)")
            }
        }
    }

    /// Nothing of another is in one's feed.
    mutating func expectNothing(of author: Town.Person, for viewer: Town.Person) async {
        for api in town.ports.indices {
            guard let feed = await feed(of: viewer, at: api) else { continue }
            if feed.authors.contains(author.id) {
                town.findings.wrong("posts of \(author.name) are in the feed of \(viewer.name) at api \(api + 1)")
            }
        }
    }

    struct Page {
        let ids: [Int64]
        let authors: Set<String>
    }

    private mutating func feed(of viewer: Town.Person, at api: Int) async -> Page? {
        await page(HTTPClientRequest("GET", "/v1/feed?limit=100", as: viewer.token), at: api)
    }

    private mutating func page(_ request: HTTPClientRequest, at api: Int) async -> Page? {
        guard let answer = await reading(request, at: api, expecting: [200]) else { return nil }
        let posts = answer.json["posts"].array
        let ids = posts.compactMap { $0["post_id"].string.flatMap { Int64($0) } }
        if !zip(ids, ids.dropFirst()).allSatisfy({ $0 > $1 }) { town.findings.wrong("a feed out of order: \(ids)") }
        return Page(ids: ids, authors: Set(posts.compactMap { $0["author"]["user_id"].string }))
    }

    /// - Returns: nil where there is no answer and that is excused.
    private mutating func reading(
        _ request: HTTPClientRequest, at api: Int, expecting: Set<Int>
    ) async -> HTTPClientResponse? {
        let start = ContinuousClock.now
        do {
            let answer = try await line.send(request, to: api)
            town.findings.took(start.duration(to: .now))
            town.findings.count("looked")
            if expecting.contains(answer.status) { return answer }
            town.judge(answer, to: "GET \(request.path) at api \(api + 1)")
        } catch let error as HTTPClientError {
            town.judge(error, of: "GET \(request.path) at api \(api + 1)")
        } catch {}
        return nil
    }
}
