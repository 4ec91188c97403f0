import HTTPClient

/// The oracle: compares what a cluster at rest shows with what follows from what it acknowledged.
struct Verdict {
    /// An odd one, so that pages and timelines end at different places.
    private static let pageSize = 37

    let town: Town
    private var line: Line

    init(_ town: Town) {
        self.town = town
        line = Line(town.ports)
    }

    /// Waits until everything is as it must be.
    /// - Returns: what is still wrong after `limit`; empty if nothing is.
    mutating func wrongs(within limit: Duration) async throws -> [String] {
        let end = ContinuousClock.now + limit
        while true {
            var found = try await attempt()
            if found.isEmpty { return [] }
            if ContinuousClock.now > end {
                found.append("this is so \(limit) after the last request was answered")
                return found
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private mutating func attempt() async throws -> [String] {
        do {
            let ledger = try await settled()
            return try await posts(ledger) + feeds(ledger) + relations(ledger) + counters(ledger)
        } catch let error as HTTPClientError {
            return ["no answer: \(error)"]
        } catch let error as Refused {
            return ["\(error)"]
        }
    }

    private struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private mutating func get(_ path: String, as viewer: Town.Person, at api: Int) async throws -> HTTPClientResponse {
        try await line.send(HTTPClientRequest("GET", path, as: viewer.token), to: api)
    }

    // MARK: Relations

    private struct Relation: Equatable {
        let follows: Bool
        let blocks: Bool
        let mutes: Bool
    }

    private mutating func relation(_ pair: Ledger.Pair, at api: Int) async throws -> Relation {
        let path = "/v1/users/\(town.people[pair.other].id)/relationship"
        let answer = try await get(path, as: town.people[pair.one], at: api)
        // Whoever is blocked is told that there is no such account.
        guard answer.status != 404 else { return Relation(follows: false, blocks: false, mutes: false) }
        guard answer.status == 200 else { throw Refused(description: "a relationship: \(answer.status)") }
        let json = answer.json
        return Relation(follows: json["following"].bool, blocks: json["blocking"].bool, mutes: json["muting"].bool)
    }

    private var pairs: [Ledger.Pair] {
        town.people.indices.flatMap { one in
            town.people.indices.filter { $0 != one }.map { Ledger.Pair(one: one, other: $0) }
        }
    }

    /// The ledger, with what the servers say where a request without an answer may have come late.
    private mutating func settled() async throws -> Ledger {
        var ledger = town.acknowledged
        for pair in ledger.uncertain {
            let relation = try await relation(pair, at: 0)
            if relation.follows { ledger.follows.insert(pair) } else { ledger.follows.remove(pair) }
            if relation.blocks { ledger.blocks.insert(pair) } else { ledger.blocks.remove(pair) }
            // One who is blocked cannot ask whether they mute.
            if relation.mutes { ledger.mutes.insert(pair) } else if !ledger.isApart(pair) { ledger.mutes.remove(pair) }
        }
        return ledger
    }

    private mutating func relations(_ ledger: Ledger) async throws -> [String] {
        var found: [String] = []
        for pair in pairs {
            let expected = Relation(
                follows: ledger.follows.contains(pair), blocks: ledger.blocks.contains(pair),
                mutes: ledger.mutes.contains(pair))
            if ledger.blocks.contains(pair.reversed) { continue }
            for api in town.ports.indices {
                let shown = try await relation(pair, at: api)
                if shown != expected { found.append("\(pair) is \(shown) at api \(api + 1), not \(expected)") }
            }
        }
        return found
    }

    // MARK: Posts and feeds

    private mutating func posts(_ ledger: Ledger) async throws -> [String] {
        var found: [String] = []
        for post in ledger.posts.values {
            let answer = try await get("/v1/posts/\(post.id)", as: town.people[post.author], at: 0)
            if answer.status != (post.isDeleted ? 404 : 200) {
                found.append("\(post) is answered \(answer.status) to its author")
            }
        }
        return found
    }

    private mutating func feeds(_ ledger: Ledger) async throws -> [String] {
        var found: [String] = []
        for person in town.people {
            let expected = ledger.home(of: person.number)
            for api in town.ports.indices {
                let shown = try await feed(of: person, at: api)
                guard shown != expected else { continue }
                let (missing, surplus) = (Set(expected).subtracting(shown), Set(shown).subtracting(expected))
                found.append(
                    "the feed of \(person.name) at api \(api + 1): \(shown.count) posts, not \(expected.count); "
                        + "missing \(missing.sorted().prefix(5)), surplus \(surplus.sorted().prefix(5))")
            }
        }
        return found
    }

    private mutating func feed(of person: Town.Person, at api: Int) async throws -> [Int64] {
        var ids: [Int64] = []
        var cursor: String?
        repeat {
            let path = "/v1/feed?limit=\(Self.pageSize)" + (cursor.map { "&cursor=\($0)" } ?? "")
            let answer = try await get(path, as: person, at: api)
            guard answer.status == 200 else { throw Refused(description: "a feed: \(answer.status) \(answer.text)") }
            let page = answer.json
            ids += page["posts"].array.compactMap { $0["post_id"].string.flatMap { Int64($0) } }
            cursor = page["next_cursor"].string
        } while cursor != nil
        return ids
    }

    private mutating func counters(_ ledger: Ledger) async throws -> [String] {
        var found: [String] = []
        for person in town.people {
            for api in town.ports.indices {
                let json = try await get("/v1/users/\(person.id)", as: person, at: api).json
                let shown = ["followers_count", "following_count", "posts_count"].map { json[$0].int }
                let expected = ledger.counters(of: person.number).map { Int?.some($0) }
                if shown != expected {
                    found.append("counters of \(person.name) at api \(api + 1): \(shown), not \(expected)")
                }
            }
        }
        return found
    }
}
