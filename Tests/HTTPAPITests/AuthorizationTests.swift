import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Who may do what")
struct AuthorizationTests {
    @Test("every route has a row, and every row a route")
    func complete() async throws {
        try await TestServer.run { server in
            let routes = Set(server.api.routes.endpoints.map { "\($0.method) \($0.path)" })
            #expect(routes.subtracting(AuthorizationTable.rows.keys) == [], "routes without a row")
            #expect(Set(AuthorizationTable.rows.keys).subtracting(routes) == [], "rows without a route")
        }
    }

    @Test("each caller gets what the row says of each subject", arguments: AuthorizationTable.rows.keys.sorted())
    func row(name: String) async throws {
        let row = try #require(AuthorizationTable.rows[name])
        try await AuthorizationWorld.run { world in
            guard let endpoint = world.server.api.routes.endpoints.first(where: { "\($0.method) \($0.path)" == name })
            else { return }
            let before = try await world.digest()
            var successes: [Cell] = []
            for subject in row.subjects {
                for caller in Caller.allCases {
                    let expected = row.expected(caller, subject, endpoint.access)
                    let cell = Cell(endpoint: endpoint, row: row, caller: caller, subject: subject, expected: expected)
                    guard expected != .visible else {
                        successes.append(cell)
                        continue
                    }
                    try await cell.check(in: world)
                }
            }
            #expect(try await world.digest() == before, "what was refused changed something")
            for cell in successes where !row.isDestructive { try await cell.check(in: world) }
            guard row.isDestructive else { return }
            for cell in successes { try await AuthorizationWorld.run { try await cell.check(in: $0) } }
        }
    }

    /// One endpoint, caller and subject.
    private struct Cell: Sendable {
        let endpoint: Endpoint
        let row: AuthorizationRow
        let caller: Caller
        let subject: Subject
        let expected: Outcome

        func check(in world: AuthorizationWorld) async throws {
            let answer = try await send(to: subject, in: world)
            let place = "\(endpoint.method) \(endpoint.path): \(caller) with \(subject) got \(answer.status)"
            switch expected {
            case .visible:
                #expect((200..<300).contains(answer.status) || answer.status == 101, "\(place)")
                #expect(row.check(answer, caller, subject), "\(place) \(answer.text)")
            case .absent, .unauthenticated:
                #expect(answer.status == (expected == .absent ? 404 : 401), "\(place)")
                let absent = try await send(to: nil, in: world)
                #expect(answer.fingerprint == absent.fingerprint, "\(place)")
            case .forbidden:
                #expect(answer.status == 403, "\(place)")
            case .notWithOneself:
                #expect(answer.status == 422, "\(place)")
            }
        }

        private func send(to subject: Subject?, in world: AuthorizationWorld) async throws -> Answer {
            let target = world.target(endpoint.path, subject)
            let token = world.token(of: caller, for: self.subject)
            var call = Call(endpoint.method, target, as: token, try await row.body(world, caller))
            for header in row.headers { call = try call.with(header.name, header.value) }
            return await world.server.send(call)
        }
    }

    @Test("a reply to a post that one may not see is refused like one to a post that is not there")
    func replies() async throws {
        try await AuthorizationWorld.run { world in
            func reply(to id: String, _ caller: Caller, _ subject: Subject) async -> Answer {
                let token = world.token(of: caller, for: subject)
                let body = #"{"content":"a reply","reply_to":"\#(id)"}"#
                return await world.server.send(Call(.post, "/v1/posts", as: token, body))
            }
            for caller in [Caller.owner, .stranger, .blocked, .follower, .friend, .pending] {
                for subject in Subject.posts where subject.holder == .open || subject.holder == .locked {
                    guard case .post(let holder, let kind) = subject else { continue }
                    let answer = await reply(to: world.posts[holder]?[kind] ?? "", caller, subject)
                    if AuthorizationRow.seesPost(caller, subject) == .visible {
                        #expect(answer.status == 201)
                    } else {
                        let absent = await reply(to: AuthorizationWorld.absentID, caller, subject)
                        #expect(answer.status == 422)
                        #expect(answer.fingerprint == absent.fingerprint)
                    }
                }
            }
        }
    }
}
